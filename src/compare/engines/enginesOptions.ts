import type { Table } from "../../data/Table.js";
import { refuseProblems, shown } from "../../engine/checkOptions.js";
import { mlSchema } from "../../engine/ml/options.js";
import { type Given, option } from "../../engine/OptionSchema.js";
import type { OptionProblem } from "../../engine/OptionsError.js";
import { listener, optional, texts, value } from "../../engine/optionTypes.js";
import { modelSchema } from "../../fit/modelOptions.js";
import { nutsSchema } from "../../fit/nutsSchema.js";
import { schemaProblems } from "../../fit/options.js";
import { didYouMean } from "../../language/suggest.js";
import type { EngineComparison } from "../../summary/Agreement.js";
import { ofNoComparison } from "../models/options.js";
import { comparedEngines, defaultComparedEngines, type EngineOptions } from "./engines.js";

const { seed, chains, draws, workers, workerUrl, onProgress, signal } = nutsSchema;

/** Options of a comparison of engines; those of a sampler are those of `fit`. */
export const enginesSchema = {
  ...modelSchema,
  level: mlSchema.level,
  engines: option(texts(`any of ${comparedEngines.join(", ")}`), {
    default: defaultComparedEngines,
    sentence: `any of ${comparedEngines.map((name) => `\`${name}\``).join(", ")}`,
    example: ["nuts", "ml:laplace"],
  }),
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
  onProgress,
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

export interface CompleteCompareEnginesOptions extends EngineOptions {
  readonly engines: readonly string[];
  readonly against: readonly Table[];
}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareEnginesOptions(options: CompareEnginesOptions): CompleteCompareEnginesOptions {
  const problems = schemaProblems(enginesSchema, options, ofNoComparison);
  const { engines = defaultComparedEngines, against = [], onEngine: _, ...others } = options;
  refuseProblems([
    ...problems,
    ...(problems.some(({ option }) => option === "engines") ? [] : engineProblems(engines)),
  ]);
  const { missing, level = mlSchema.level.default, families, priors, ...sampling } = others;
  return { engines: [...new Set(engines)], against, shared: { missing, level, families, priors }, sampling };
}

function engineProblems(engines: readonly string[]): OptionProblem[] {
  const refuse = (message: string): OptionProblem => ({ option: "engines", code: "not-allowed", message });
  if (engines.length === 0) return [refuse(`engines is []; allowed: any of ${comparedEngines.join(", ")}`)];
  const unknown = engines.filter((engine) => !comparedEngines.includes(engine));
  return unknown.map((engine) =>
    refuse(`engines has ${shown(engine)}; ${didYouMean(engine, comparedEngines, "engines")}`),
  );
}

function isListOfTables(given: unknown): given is readonly Table[] {
  return (
    Array.isArray(given) &&
    given.every(
      (table: unknown) => typeof table === "object" && table !== null && "name" in table && "columns" in table,
    )
  );
}
