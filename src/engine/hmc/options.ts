import { defaultsOf, optionProblems, refuseProblems } from "../checkOptions.js";
import { type OptionsOf, option } from "../OptionSchema.js";
import type { OptionProblem } from "../OptionsError.js";
import { choice, number, orNull, positive, probability, seed, whole } from "../optionTypes.js";

/** Options of an HMC run. Defaults are those of the textbook parametrizations; `transportedNutsOptions` has the others. */
export const samplerSchema = {
  algorithm: option(choice("nuts", "hmc"), {
    default: "nuts",
    defaultInWords: "`hmc`; `nuts` in textbook parametrizations",
    sentence: "the No-U-Turn sampler, or HMC with trajectories of a random time about a given one",
    example: "nuts",
  }),
  warmup: option(whole(0, 1e9), {
    default: 1000,
    defaultInWords: "150; 1000 in textbook parametrizations",
    unit: "iterations",
    sentence:
      "iterations that tune the step size and the metric of each chain; 0 samples at once with `stepSize` and the unit metric",
    example: 500,
  }),
  draws: option(whole(1, 1e9), {
    default: 1000,
    defaultInWords:
      "1000, extended up to 16000 where R-hat, ESS or Monte Carlo errors call for it; 10000 with `targetEss`",
    sentence: "draws of each chain; with `targetEss` the most",
    example: 2000,
  }),
  targetAcceptance: option(probability(), {
    default: 0.8,
    defaultInWords: "0.9, with a single factor of more than 100 levels 0.8; 0.8 in textbook parametrizations",
    sentence: "mean acceptance probability that the step size is tuned to; nearer to 1 against divergences",
    example: 0.95,
  }),
  maxTreeDepth: option(whole(1, 20), {
    default: 10,
    sentence: "trajectories end at 2^n - 1 leapfrog steps",
    example: 12,
  }),
  metric: option(choice("diagonal", "dense"), {
    default: "diagonal",
    sentence:
      "shape of the inverse mass matrix in textbook parametrizations; `dense` costs the square of the dimension a step",
    example: "dense",
  }),
  stepSize: option(orNull(positive()), {
    default: null,
    defaultInWords: "1",
    sentence: "step size to start tuning from, or to keep where `warmup` is 0",
    example: 0.1,
  }),
  integrationTime: option(positive(), {
    default: Math.PI / 2,
    defaultInWords: "2; a quarter turn of a normal, pi / 2, in textbook parametrizations",
    sentence: "mean time of a trajectory of `hmc`, on a scale where the posterior's sds are near 1",
    example: 1,
    flag: null,
  }),
  leapfrogSteps: option(orNull(whole(1, 1e6)), {
    default: null,
    sentence: "leapfrog steps of a trajectory of `hmc`, in place of `integrationTime`",
    example: 8,
    flag: null,
  }),
  startRadius: option(
    number("a number not below 0", (value) => value >= 0 && value < Infinity),
    {
      default: 2,
      unit: "posterior sds",
      sentence:
        "how far starts spread: in posterior sds of the hyperparameters about the mode, or in textbook parametrizations uniformly on (-r, r) on the unconstrained scale",
      example: 1,
    },
  ),
  randomEffects: option(choice("draws", "summary", "none"), {
    default: "draws",
    sentence:
      "what is kept of the random effects: their draws; a summary of them (mean, sd, R-hat and MCSE), in memory that does not grow with the draws; or nothing",
    example: "summary",
  }),
  seed: option(seed(), { default: 1, sentence: "seed of the random streams, a number or a text", example: 7 }),
};

/** Options of an HMC run: plain JSON. */
export type NutsOptions = OptionsOf<typeof samplerSchema>;

/** The default options of the sampler of nuts, for textbook parametrizations. */
export const defaultNutsOptions: NutsOptions = defaultsOf(samplerSchema);

/**
 * For positions that are nearly N(0, I), of which a warm-up has little to learn: not even the length of trajectories, which doubling until
 * they turn would overshoot by more than half. Where they are not, in the long tails that few groups leave, lower acceptances let chains stick.
 */
export const transportedNutsOptions: NutsOptions = {
  ...defaultNutsOptions,
  algorithm: "hmc",
  integrationTime: 2,
  warmup: 150,
  targetAcceptance: 0.9,
};

/** Levels of a single factor beyond which the energy's error is the sum of many small ones, which a lower acceptance does no harm. */
const MANY_LEVELS = 100;
const ACCEPTANCE_OF_MANY = 0.8;

/** The transported target acceptance for factors with so many levels. Several factors keep the higher one: their sds trade off, in long tails. */
export function transportedAcceptance(levels: readonly number[]): number {
  const isLarge = levels.length === 1 && levels[0] > MANY_LEVELS;
  return isLarge ? ACCEPTANCE_OF_MANY : transportedNutsOptions.targetAcceptance;
}

/** What is wrong with the options of a run, by themselves and with one another; names that they do not have are not looked at. */
export function nutsOptionProblems(options: NutsOptions): OptionProblem[] {
  const message = "warmup is 0 and stepSize is not given; without a warm-up there is nothing to tune it: give stepSize";
  const isUntuned = options.warmup === 0 && options.stepSize === null;
  return [
    ...optionProblems(samplerSchema, options),
    ...(isUntuned ? [{ option: "warmup", code: "conflict", message } as const] : []),
  ];
}

/** Fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeNutsOptions(given: Partial<NutsOptions>, defaults = defaultNutsOptions): NutsOptions {
  const options = { ...defaults, ...given };
  const names = Object.keys(samplerSchema);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  refuseProblems([
    ...nutsOptionProblems(options),
    ...unknown.map((name): OptionProblem => {
      const message = `unknown option "${name}"; options: ${names.join(", ")}`;
      return { option: name, code: "unknown-option", message };
    }),
  ]);
  return options;
}
