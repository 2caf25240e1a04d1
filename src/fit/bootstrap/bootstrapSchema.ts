import { mlSchema } from "../../engine/ml/options.js";
import { type Given, option } from "../../engine/OptionSchema.js";
import { listener, optional, value } from "../../engine/optionTypes.js";
import type { StageProgress } from "../../math/steps.js";
import type { MlFit } from "../MlFit.js";
import { signalOption } from "../signalOption.js";
import { workersOption } from "../workersOption.js";

/** What is computed from a fit: a number, numbers, or numbers by name. */
export type StatisticResult = number | ArrayLike<number> | Readonly<Record<string, number>>;

const statistic = value(
  "a function of a fit",
  (given): given is (fit: MlFit) => StatisticResult | Promise<StatisticResult> => typeof given === "function",
);

export const bootstrapSchema = {
  replicates: mlSchema.replicates,
  type: mlSchema.bootstrapType,
  level: option(mlSchema.level.type, {
    default: mlSchema.level.default,
    sentence: "probability of the intervals",
    example: 0.9,
  }),
  statistic: option(optional(statistic), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "what is computed from each fit besides its parameters: a number, numbers, or an object of numbers by names, or a promise of these; the fits then run in this thread",
    example: undefined,
    flag: null,
  }),
  workers: workersOption("worker threads, 0 for none; results do not depend on them"),
  seed: option(mlSchema.seed.type, { default: 1, sentence: "seed of the simulated responses", example: 7 }),
  signal: signalOption("an `AbortSignal` that ends the run, which then throws the signal's reason"),
  onProgress: option(optional(listener<(progress: StageProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called with how many responses are fitted",
    example: undefined,
    flag: null,
  }),
};

/** How to bootstrap. */
export interface BootstrapOptions extends Given<typeof bootstrapSchema> {}
