import { badDefinition, checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { withDefaults } from "../engine/checkOptions.js";
import type { EngineContext } from "../engine/Engine.js";
import { EngineDefect, EngineError } from "../engine/EngineError.js";
import { type OptionSchema, option } from "../engine/OptionSchema.js";
import { listener, optional, seed, whole } from "../engine/optionTypes.js";
import type { Problem } from "../language/ModelError.js";
import type { StageProgress } from "../math/steps.js";
import { isPosterior } from "../posterior/aPosterior.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import type { Posterior } from "../posterior/Posterior.js";
import type { DefinedEngine, EngineDefinition } from "./EngineDefinition.js";
import { engines } from "./engines.js";
import { judgeForPosterior } from "./FitEngine.js";
import { foreseenErrors } from "./foreseen.js";
import { type ModelOptions, modelSchema } from "./modelOptions.js";
import type { PreparedModel } from "./PreparedModel.js";
import { runSchema } from "./runSchema.js";
import { signalOption } from "./signalOption.js";

const commonSchema = {
  ...modelSchema,
  seed: option(seed(), { default: 1, sentence: "seed of the random streams, a number or a text", example: 7 }),
  onProgress: option(optional(listener<(progress: StageProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called with the progress that the engine tells",
    example: undefined,
  }),
  signal: signalOption("an `AbortSignal` that ends the engine, which then throws the signal's reason"),
};

/** Options of an engine whose work falls into parts. */
const threadsSchema = {
  workers: option(optional(whole(0, 1000)), {
    default: undefined,
    defaultInWords: "as many as the engine asks for, as far as there are processors",
    sentence: "worker threads of the engine's work, 0 for none; results do not depend on them",
    example: 2,
  }),
  workerUrl: runSchema.workerUrl,
};

/** A name that a command line and a report can write. */
const NAME = /^[a-z][a-z0-9_-]*$/i;

/** Checks a record and makes an engine of it: `fit(model, data, { engine: mine })`. Throws ArgumentError with everything that is wrong with it. */
export function defineEngine<const Name extends string, Schema extends OptionSchema>(
  definition: EngineDefinition<Name, Schema>,
): DefinedEngine<Name, typeof commonSchema & typeof threadsSchema & Schema, Schema>;
export function defineEngine(definition: EngineDefinition<string, OptionSchema>): DefinedEngine {
  checkArgument(anObject, definition, "defineEngine", "definition");
  const problems = definitionProblems(definition);
  if (problems.length > 0)
    throw badDefinition(
      "defineEngine",
      "definition",
      `the engine "${String(definition.name)}" cannot be used: ${problems.join("; ")}`,
    );
  const { name, sentence, options: own, works = [] } = definition;
  return {
    definition,
    name,
    sentence,
    options: { ...commonSchema, ...(works.length === 0 ? {} : threadsSchema), ...own },
    judge: judgeForPosterior,
    refuses: (model, options) => definition.refuses?.(model, withDefaults(own, options)) ?? null,
    async run(model, options, context) {
      const { level }: ModelOptions = options;
      const start = context.now();
      const problems: Problem[] = [];
      const telling = tellingProblems(context, problems);
      const posterior = await asOurs(name, context, () => definition.run(model, withDefaults(own, options), telling));
      checkPosterior(name, posterior, model);
      const { fitted } = await import("./fitted.js");
      const seconds = { compile: (start - context.start) / 1000, sampling: (context.now() - start) / 1000 };
      const record = { ...posterior.record, ...pluginsOf(model) };
      const told = { ...model, problems: [...model.problems, ...problems] };
      return { ...fitted(told, { ...posterior, engine: name, record }, seconds, { level }), engine: name };
    },
  };
}

/** The context of an engine, with what executors have to tell added to `problems`, once. */
function tellingProblems(context: EngineContext<PreparedModel>, problems: Problem[]): EngineContext<PreparedModel> {
  return {
    ...context,
    async openExecutor(work, threads) {
      const executor = await context.openExecutor(work, threads);
      if (executor.problem !== null && problems.length === 0) problems.push(executor.problem);
      return executor;
    },
  };
}

function definitionProblems({
  name,
  sentence,
  options,
  works = [],
  refuses,
  run,
}: EngineDefinition<string, OptionSchema>): string[] {
  const problems: string[] = [];
  if (typeof name !== "string" || !NAME.test(name))
    problems.push("its name must be letters, digits, - and _, a letter first");
  if (engines.some((engine) => engine.name === name)) problems.push("its name is that of a built-in engine");
  if (typeof sentence !== "string" || sentence === "") problems.push("it needs a sentence");
  if (typeof run !== "function") problems.push("run is not a function");
  if (refuses !== undefined && typeof refuses !== "function") problems.push("refuses is not a function");
  problems.push(...worksProblems(works));
  if (typeof options !== "object" || options === null) return [...problems, "options is not an object"];
  const taken = ["engine", ...Object.keys(commonSchema)].filter((option) => Object.hasOwn(options, option));
  return [...problems, ...taken.map((option) => `every engine has the option "${option}"`), ...wrongDefaults(options)];
}

function worksProblems(works: unknown): string[] {
  if (!Array.isArray(works)) return ["works is not a list"];
  const isWork = (work: unknown) =>
    typeof work === "object" && work !== null && "run" in work && "name" in work && NAME.test(String(work.name));
  if (!works.every(isWork)) return ["works has one without the function run, or a name of letters, digits, - and _"];
  return new Set(works.map(({ name }) => name)).size < works.length ? ["two of its works have one name"] : [];
}

function wrongDefaults(options: OptionSchema): string[] {
  return Object.entries(options).flatMap(([name, one]) => {
    if (typeof one?.type?.accepts !== "function") return [`its option "${name}" is no option with a type`];
    const { type, default: byDefault } = one;
    return type.accepts(byDefault) ? [] : [`the default of its option "${name}" is not allowed: ${type.allowed}`];
  });
}

/** Runs an engine of one's own. An EngineError of another copy of the library is one of this copy, and what the engine does not foresee is its own defect. */
async function asOurs<T>(engine: string, { signal }: EngineContext, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw error;
    if (foreseenErrors.some((kind) => error instanceof kind)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && error.name === "EngineError") throw new EngineError(message, { cause: error });
    const request = "this is no defect of the library: tell it to the author of the engine";
    throw new EngineDefect(`the engine "${engine}" failed unexpectedly: ${message}; ${request}`, { cause: error });
  }
}

/** Throws EngineError where a posterior is not of the model's quantities. */
function checkPosterior(engine: string, posterior: Posterior, { compiled: { quantities } }: PreparedModel): void {
  if (!isPosterior(posterior))
    throw new EngineError(
      `the engine "${engine}" returned no posterior: return { engine, parameters, randomEffects, record }`,
    );
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(", ");
  const wanted = [quantities.parameters.join(", "), names(quantities.randomEffects)];
  const given = [names(posterior.parameters), names(posterior.randomEffects)];
  if (given.every((list, k) => list === wanted[k])) return;
  throw new EngineError(
    `the engine "${engine}" returned other quantities than the model's: return marginals of ${quantities.parameters.join(", ")} and of ${quantities.randomEffects.length} random effects, in this order`,
  );
}
