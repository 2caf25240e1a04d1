import { withDefaults } from "../engine/checkOptions.js";
import { EngineError } from "../engine/EngineError.js";
import { type OptionSchema, option } from "../engine/OptionSchema.js";
import { listener, optional, seed } from "../engine/optionTypes.js";
import type { StageProgress } from "../math/steps.js";
import { pluginsOf } from "../posterior/PluginRecord.js";
import type { Posterior } from "../posterior/Posterior.js";
import type { DefinedEngine, EngineDefinition } from "./EngineDefinition.js";
import { engines } from "./engines.js";
import { judgeForPosterior } from "./FitEngine.js";
import { type ModelOptions, modelSchema } from "./modelOptions.js";
import { signalOption } from "./nutsSchema.js";
import type { PreparedModel } from "./PreparedModel.js";

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

/** A name that a command line and a report can write. */
const NAME = /^[a-z][a-z0-9_-]*$/i;

/** Checks a record and makes an engine of it: `fit(model, data, { engine: mine })`. Throws TypeError with everything that is wrong with it. */
export function defineEngine<const Name extends string, Schema extends OptionSchema>(
  definition: EngineDefinition<Name, Schema>,
): DefinedEngine<Name, typeof commonSchema & Schema, Schema> {
  const problems = definitionProblems(definition);
  if (problems.length > 0)
    throw new TypeError(`the engine "${String(definition.name)}" cannot be used: ${problems.join("; ")}`);
  const { name, sentence, options: own } = definition;
  return {
    definition,
    name,
    sentence,
    options: { ...commonSchema, ...own },
    judge: judgeForPosterior,
    refuses: (model, options) => definition.refuses?.(model, withDefaults(own, options)) ?? null,
    async run(model, options, context) {
      const { level }: ModelOptions = options;
      const start = context.now();
      const posterior = await asOurs(() => definition.run(model, withDefaults(own, options), context));
      checkPosterior(name, posterior, model);
      const { fitted } = await import("./fitted.js");
      const seconds = { compile: (start - context.start) / 1000, sampling: (context.now() - start) / 1000 };
      const record = { ...posterior.record, ...pluginsOf(model) };
      return { ...fitted(model, { ...posterior, engine: name, record }, seconds, { level }), engine: name };
    },
  };
}

function definitionProblems({
  name,
  sentence,
  options,
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
  if (typeof options !== "object" || options === null) return [...problems, "options is not an object"];
  const taken = ["engine", ...Object.keys(commonSchema)].filter((option) => Object.hasOwn(options, option));
  return [...problems, ...taken.map((option) => `every engine has the option "${option}"`), ...wrongDefaults(options)];
}

function wrongDefaults(options: OptionSchema): string[] {
  return Object.entries(options).flatMap(([name, { type, default: byDefault }]) =>
    type.accepts(byDefault) ? [] : [`the default of its option "${name}" is not allowed: ${type.allowed}`],
  );
}

/** An EngineError of another copy of the library, as one of this copy. */
async function asOurs<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isForeign = error instanceof Error && error.name === "EngineError" && !(error instanceof EngineError);
    throw isForeign ? new EngineError(error.message, { cause: error }) : error;
  }
}

/** Throws EngineError where a posterior is not of the model's quantities. */
function checkPosterior(engine: string, posterior: Posterior, { compiled: { quantities } }: PreparedModel): void {
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(", ");
  const wanted = [quantities.parameters.join(", "), names(quantities.randomEffects)];
  const given = [names(posterior.parameters), names(posterior.randomEffects)];
  if (given.every((list, k) => list === wanted[k])) return;
  throw new EngineError(
    `the engine "${engine}" returned other quantities than the model's: return marginals of ${quantities.parameters.join(", ")} and of ${quantities.randomEffects.length} random effects, in this order`,
  );
}
