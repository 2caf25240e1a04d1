import type { Table } from "../../data/Table.js";
import { refuseProblems, shown } from "../../engine/checkOptions.js";
import { mlSchema } from "../../engine/ml/options.js";
import { type Given, option } from "../../engine/OptionSchema.js";
import type { OptionProblem } from "../../engine/OptionsError.js";
import { listener, optional, value } from "../../engine/optionTypes.js";
import { defineEngine } from "../../fit/defineEngine.js";
import type { DefinedEngine } from "../../fit/EngineDefinition.js";
import { modelSchema } from "../../fit/modelOptions.js";
import { nutsSchema } from "../../fit/nutsSchema.js";
import { isPlugin } from "../../fit/Plugin.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { didYouMean } from "../../language/suggest.js";
import type { EngineComparison } from "../../summary/Agreement.js";
import { ofNoComparison } from "../models/options.js";
import { comparedEngines, defaultComparedEngines, type EngineOptions, type EngineProgress } from "./engines.js";

const { seed, chains, draws, workers, workerUrl, signal } = nutsSchema;

/** Options of a comparison of engines; those of a sampler are those of `fit`. */
export const enginesSchema = {
  ...modelSchema,
  level: mlSchema.level,
  engines: option(
    value(`a list of ${comparedEngines.join(", ")}, and of engines made by defineEngine`, isListOfEngines),
    {
      default: defaultComparedEngines,
      sentence: `any of ${comparedEngines.map((name) => `\`${name}\``).join(", ")}, engines made by \`defineEngine\`, and names of those of plugins`,
      example: ["nuts", "ml:laplace"],
    },
  ),
  against: option(value("a list of tables", isListOfTables), {
    default: [],
    sentence: "estimates made by other software, one table a fit: see `outsideTable` for those in JSON",
    example: [],
  }),
  seed,
  chains,
  draws: option(draws.type, { ...draws, sentence: "draws of each chain" }),
  workers,
  workerUrl,
  onProgress: option(optional(listener<(progress: EngineProgress, engine: string) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "called now and then with the progress of the engine that runs, as `fit` gives it, and that engine's name in the comparison",
    example: undefined,
  }),
  onEngine: option(optional(listener<(engine: string, soFar: EngineComparison | null) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called before an engine begins, with the comparison of those that have ended; null before one has",
    example: undefined,
  }),
  signal: option(signal.type, {
    ...signal,
    sentence:
      "an `AbortSignal` that ends the comparison early: what has been drawn is kept, marked as partial, and engines that have not begun are marked as stopped",
  }),
};

/** How to compare engines. */
export interface CompareEnginesOptions extends Given<typeof enginesSchema> {}

/** Options of `compareEngines` with their defaults filled in. */
export interface CompleteCompareEnginesOptions extends EngineOptions {
  readonly engines: readonly string[];
  readonly against: readonly Table[];
}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareEnginesOptions(options: CompareEnginesOptions): CompleteCompareEnginesOptions {
  const problems = schemaProblems(enginesSchema, options, ofNoComparison);
  const isRight = (name: string) => !problems.some(({ option }) => option === name);
  const { against = [], onEngine: _, ...rest } = options;
  const { engines: asked, ...others } = rest;
  const given = isRight("engines") ? (asked ?? []) : [];
  const ofPlugins = isRight("plugins")
    ? (others.plugins ?? []).filter(isPlugin).flatMap((plugin) => plugin.engines)
    : [];
  const records = given.flatMap((engine) => (typeof engine === "string" ? [] : [engine]));
  const defined = definedEngines([...ofPlugins, ...records]);
  const known = [...comparedEngines, ...defined.engines.map(({ name }) => name)];
  const byDefault = [...defaultComparedEngines, ...ofPlugins.map(({ name }) => name)];
  const engines =
    asked === undefined ? byDefault : given.map((engine) => (typeof engine === "string" ? engine : engine.name));
  refuseProblems([...problems, ...defined.problems, ...(isRight("engines") ? engineProblems(engines, known) : [])]);
  const { missing, level = mlSchema.level.default, families, priors, plugins, ...sampling } = others;
  return {
    engines: [...new Set(engines)],
    against,
    defined: defined.engines,
    shared: { missing, level, families, priors, plugins },
    sampling,
  };
}

/** Engines made anew from their definitions, which another copy of the library may have made; and what is wrong with them. */
function definedEngines(given: readonly DefinedEngine[]) {
  const refuse = (code: "not-allowed" | "name-taken", message: string): OptionProblem => ({
    option: "engines",
    code,
    message,
  });
  const engines = new Map<string, DefinedEngine>();
  const problems = given.flatMap((one) => {
    try {
      const engine = defineEngine(one.definition);
      const other = engines.get(engine.name);
      engines.set(engine.name, engine);
      if (other === undefined || other.definition === engine.definition) return [];
      return [refuse("name-taken", `engines has two named "${engine.name}"; allowed: names of their own`)];
    } catch (error) {
      return [
        refuse("not-allowed", `engines has one that cannot be used: ${error instanceof Error ? error.message : error}`),
      ];
    }
  });
  return { engines: [...engines.values()], problems };
}

function isListOfEngines(given: unknown): given is readonly (string | DefinedEngine)[] {
  const isEngine = (one: unknown) => typeof one === "object" && one !== null && "definition" in one && "name" in one;
  return Array.isArray(given) && given.every((one: unknown) => typeof one === "string" || isEngine(one));
}

function engineProblems(engines: readonly string[], known: readonly string[]): OptionProblem[] {
  const refuse = (message: string): OptionProblem => ({ option: "engines", code: "not-allowed", message });
  if (engines.length === 0) return [refuse(`engines is []; allowed: any of ${known.join(", ")}`)];
  const unknown = engines.filter((engine) => !known.includes(engine));
  return unknown.map((engine) => refuse(`engines has ${shown(engine)}; ${didYouMean(engine, known, "engines")}`));
}

function isListOfTables(given: unknown): given is readonly Table[] {
  return (
    Array.isArray(given) &&
    given.every(
      (table: unknown) => typeof table === "object" && table !== null && "name" in table && "columns" in table,
    )
  );
}
