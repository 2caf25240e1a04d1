import { type Given, option } from "../../engine/OptionSchema.js";
import { listener, optional, probability, seed, value, whole } from "../../engine/optionTypes.js";
import { modelSchema } from "../../fit/modelOptions.js";
import { signalOption } from "../../fit/signalOption.js";
import { workersOption } from "../../fit/workersOption.js";
import type { StageProgress } from "../../math/steps.js";
import { statedType } from "../options.js";
import type { Replicate } from "../replicates/Replicate.js";

const levels = value(
  "a list of numbers between 0 and 1",
  (given): given is readonly number[] =>
    Array.isArray(given) && given.length > 0 && given.every((one) => typeof one === "number" && one > 0 && one < 1),
);

/** Options of runs over simulated data sets. */
export const replicatesSchema = {
  workers: workersOption("worker threads, 0 for none; results do not depend on them"),
  seed: option(seed(), { default: 1, sentence: "seed of the simulated data and of their fits", example: 7 }),
  signal: signalOption("an `AbortSignal` that ends the run, which then throws the signal's reason"),
  onProgress: option(optional(listener<(progress: StageProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called with how many data sets are done",
    example: undefined,
    flag: null,
  }),
};

export const sbcSchema = {
  replicates: option(whole(1, 1_000_000), { default: 200, sentence: "data sets to simulate and fit", example: 1000 }),
  effect: option(optional(statedType), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "values of coefficients, as `beta[trt]=0.3`, whose power and errors of sign and magnitude are told; there are no ranks then",
    example: "beta[trt]=0.3",
    flag: "--effect <values>",
  }),
  at: option(optional(statedType), {
    default: undefined,
    defaultInWords: "none",
    sentence: "values of other parameters, which else come from their priors; there are no ranks then",
    example: "sd[g]=1",
    flag: "--at <values>",
  }),
  levels: option(levels, {
    default: [0.5, 0.8, 0.95],
    sentence: "probabilities of the intervals whose coverage is told; by the largest an effect is significant",
    example: [0.9],
    flag: null,
  }),
  ranked: option(whole(1, 100_000), {
    default: 99,
    sentence: "draws, at equal steps, that a truth is ranked among",
    example: 199,
  }),
  alpha: option(probability(), {
    default: 0.05,
    sentence: "probability that a calibrated posterior leaves any of the bands",
    example: 0.01,
  }),
  earlier: option(
    value("a list of replicates", (given): given is readonly Replicate[] => Array.isArray(given)),
    {
      default: [],
      sentence: "replicates that `onReplicate` was given before, which are not made again",
      example: [],
      flag: null,
    },
  ),
  onReplicate: option(optional(listener<(replicate: Replicate) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called with each replicate as it is made, to be kept; what it throws ends the run",
    example: undefined,
    flag: null,
  }),
  fit: option(
    value(
      "an object of options",
      (given): given is Readonly<Record<string, unknown>> =>
        typeof given === "object" && given !== null && !Array.isArray(given),
    ),
    { default: {}, sentence: "options of the engine", example: { chains: 2 }, flag: null },
  ),
  missing: modelSchema.missing,
  families: modelSchema.families,
  priors: modelSchema.priors,
  plugins: modelSchema.plugins,
  ...replicatesSchema,
};

/** How to calibrate, besides the engine. */
export interface SbcSchemaOptions extends Given<typeof sbcSchema> {}
