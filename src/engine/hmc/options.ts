import { OptionsError } from "../OptionsError.js";
/** Options of an HMC run: plain JSON. */
export interface NutsOptions {
  /** The No-U-Turn sampler, or HMC with trajectories of a random time about a given one. Default "nuts", transported "hmc". */
  readonly algorithm: "nuts" | "hmc";
  /** Iterations that tune the step size and the metric; 0 samples at once with `stepSize` and the unit metric. Default 1000, transported 150. */
  readonly warmup: number;
  /** Draws kept from each chain. Default 1000, which `fit` extends up to 4000 where R-hat or ESS are not good. */
  readonly draws: number;
  /** Mean acceptance probability that the step size is tuned to, in (0, 1). Default 0.8, transported 0.9, with a single factor of more than 100 levels 0.8; nearer to 1 against divergences. */
  readonly targetAcceptance: number;
  /** Trajectories end at 2^maxTreeDepth - 1 leapfrog steps. Default 10. */
  readonly maxTreeDepth: number;
  /** Shape of the inverse mass matrix in textbook parametrizations. Default "diagonal"; "dense" costs dimension^2 a step. */
  readonly metric: "diagonal" | "dense";
  /** Step size to start tuning from, or to keep where warmup is 0. Default null: 1. */
  readonly stepSize: number | null;
  /**
   * hmc: mean time of a trajectory, on a scale where the posterior's sds are near 1. Default pi / 2, a quarter turn of a normal;
   * transported 2, which leaves a draw a little more on the other side.
   */
  readonly integrationTime: number;
  /** hmc: leapfrog steps of a trajectory, in place of `integrationTime`. Default null. */
  readonly leapfrogSteps: number | null;
  /**
   * Starts are uniform on (-startRadius, startRadius) in each unconstrained component; transported, normal about the mode with
   * startRadius times the sds of the hyperparameters' posterior. Default 2.
   */
  readonly startRadius: number;
  /**
   * What is kept of random effects: their draws, a summary of them (mean, sd, R-hat and MCSE, in memory that does not grow with the draws), or
   * nothing. Default "draws".
   */
  readonly randomEffects: "draws" | "summary" | "none";
  /** Default 1. A number and the text that prints it are the same seed. */
  readonly seed: number | string;
}

export const defaultNutsOptions: NutsOptions = {
  algorithm: "nuts",
  warmup: 1000,
  draws: 1000,
  targetAcceptance: 0.8,
  maxTreeDepth: 10,
  metric: "diagonal",
  stepSize: null,
  integrationTime: Math.PI / 2,
  leapfrogSteps: null,
  startRadius: 2,
  randomEffects: "draws",
  seed: 1,
};

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

interface Check {
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

const checks: { readonly [Name in keyof NutsOptions]: Check } = {
  algorithm: oneOf("nuts", "hmc"),
  warmup: whole(0, 1e9),
  draws: whole(1, 1e9),
  targetAcceptance: {
    allowed: "a number between 0 and 1",
    accepts: (value) => typeof value === "number" && value > 0 && value < 1,
  },
  maxTreeDepth: whole(1, 20),
  metric: oneOf("diagonal", "dense"),
  stepSize: orNull(positive()),
  integrationTime: positive(),
  leapfrogSteps: orNull(whole(1, 1e6)),
  startRadius: {
    allowed: "a number not below 0",
    accepts: (value) => typeof value === "number" && value >= 0 && value < Infinity,
  },
  randomEffects: oneOf("draws", "summary", "none"),
  seed: {
    allowed: "a finite number or a text",
    accepts: (value) => typeof value === "string" || Number.isFinite(value),
  },
};

/** Fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeNutsOptions(given: Partial<NutsOptions>, defaults = defaultNutsOptions): NutsOptions {
  const options = { ...defaults, ...given };
  const problems = Object.entries(options).flatMap(([name, value]) => problemOf(name, value));
  if (options.warmup === 0 && options.stepSize === null) {
    problems.push(
      "warmup is 0 and stepSize is not given; without a warm-up there is nothing to tune it: give stepSize",
    );
  }
  if (problems.length > 0) throw new OptionsError(problems);
  return options;
}

function problemOf(name: string, value: unknown): string[] {
  const check = Object.entries(checks).find(([known]) => known === name)?.[1];
  if (check === undefined) return [`unknown option "${name}"; options: ${Object.keys(checks).join(", ")}`];
  return check.accepts(value) ? [] : [`${name} is ${show(value)}; allowed: ${check.allowed}`];
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function oneOf(...values: readonly string[]): Check {
  return {
    allowed: values.map((value) => JSON.stringify(value)).join(" or "),
    accepts: (value) => values.some((known) => known === value),
  };
}

function whole(min: number, max: number): Check {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
  };
}

function positive(): Check {
  return {
    allowed: "a positive number",
    accepts: (value) => typeof value === "number" && value > 0 && value < Infinity,
  };
}

function orNull(check: Check): Check {
  return { allowed: `${check.allowed}, or null`, accepts: (value) => value === null || check.accepts(value) };
}
