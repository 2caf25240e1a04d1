import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import { choice, optional, probability, seed, text, texts, value, whole } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { signalOption, stageProgressOption } from "../../fit/signalOption.js";
import { DEFAULT_LEVEL } from "../../summary/Summary.js";
import { replicatedEffects } from "../replication/replicates.js";
import { isStatisticName, statisticNames } from "./statistics.js";

/** A statistic of a user: of responses, and the numbers of their rows in the data, from 1, ascending. */
export type StatisticFunction = (responses: Float64Array, rows: Int32Array) => number;

const namesOfStatistics = texts(`names of statistics: ${statisticNames}`);

/** How to replicate data, and what to compare them by. */
export const ppcSchema = {
  statistics: option(
    optional({
      ...namesOfStatistics,
      accepts: (given): given is readonly string[] => namesOfStatistics.accepts(given) && given.every(isStatisticName),
    }),
    {
      default: undefined,
      defaultInWords: "those that suit the response",
      sentence: `statistics by which the data are compared with replicated data: ${statisticNames}`,
      example: ["zeros", "q90"],
      flag: "--statistics <names>",
    },
  ),
  functions: option(value("an object of functions", isFunctions), {
    default: {},
    defaultInWords: "none",
    sentence:
      "statistics of your own by their names: functions of the responses and of the numbers of their rows, which return a number",
    example: {},
    flag: null,
  }),
  group: option(optional(text("the name of a grouping factor or column of the model")), {
    default: undefined,
    defaultInWords: "all rows together alone",
    sentence: "compares by the rows of each group of this grouping factor or column too",
    example: "subject",
  }),
  effects: option(choice(...replicatedEffects), {
    default: "marginal",
    sentence:
      "the random effects of replicated data: those of new groups, drawn from their distribution (marginal), or those of the fit's own groups (conditional)",
    example: "conditional",
  }),
  replicates: option(whole(20, 1_000_000), { default: 1000, sentence: "data sets that are replicated", example: 200 }),
  keep: option(whole(0, 10_000), { default: 20, sentence: "data sets that are returned whole", example: 100 }),
  level: option(probability(), { default: DEFAULT_LEVEL, sentence: "probability of the intervals", example: 0.95 }),
  seed: option(seed(), { default: 1, sentence: "seed of the replicated data", example: 42 }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: stageProgressOption,
};

/** How to check a fit by replicated data. */
export interface PpcOptions extends Given<typeof ppcSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completePpcOptions(options: PpcOptions): OptionsOf<typeof ppcSchema> {
  refuseProblems(schemaProblems(ppcSchema, options));
  return withDefaults(ppcSchema, options);
}

function isFunctions(given: unknown): given is Readonly<Record<string, StatisticFunction>> {
  return (
    typeof given === "object" && given !== null && Object.values(given).every((entry) => typeof entry === "function")
  );
}
