import type { PriorAtDraws } from "../density/priorsAtDraws.js";
import type { Steps } from "../math/steps.js";
import type { JointDraws } from "../posterior/jointDraws.js";
import type { HyperparameterSensitivity } from "../summary/Sensitivity.js";
import type { StatementAtDraws } from "./components.js";
import { errorOfMean } from "./errorOfMean.js";
import type { DrawnValues } from "./powerScaling.js";
import { covarianceOf, meanOf } from "./weightedMoments.js";

/** The step of differences of a log density in a number of its prior, relative to the number, or to the prior's spread where it may be 0 or negative. */
const STEP = 1e-3;

/**
 * The derivative of every posterior mean in every number of every prior statement: Cov(f, d log p(theta | number) / d number) under the posterior, with its
 * Monte Carlo error. `shares`: the draws' own weights, summing to 1.
 */
export function* derivatives(
  statements: readonly StatementAtDraws[],
  quantities: readonly DrawnValues[],
  draws: JointDraws,
  shares: Float64Array,
): Steps<HyperparameterSensitivity[]> {
  const found: HyperparameterSensitivity[] = [];
  const along = covariancesWith(quantities, draws, shares);
  for (const statement of statements) {
    const [{ parameters, numbers }] = statement.priors;
    for (const [k, { name }] of parameters.entries()) {
      yield { stage: "computing derivatives", done: found.length, total: null };
      const score = scoreOf(statement, k);
      const facts = { prior: statement.name, distribution: statement.distribution ?? "", name, value: numbers[k] };
      if (typeof score === "string") found.push({ ...facts, derivatives: null, mcse: null, problem: score });
      else found.push({ ...facts, ...along(score), problem: null });
    }
  }
  return found;
}

/** The covariance of every quantity with a function of the draws, and its Monte Carlo error. */
function covariancesWith(
  quantities: readonly DrawnValues[],
  draws: JointDraws,
  shares: Float64Array,
): (score: Float64Array) => { readonly derivatives: Float64Array; readonly mcse: Float64Array } {
  const centred = quantities.map(({ values }) => {
    const mean = meanOf(values, shares);
    return values.map((value) => value - mean);
  });
  return (score) => {
    const mean = meanOf(score, shares);
    const own = quantities.map(({ values }) => covarianceOf(values, score, shares));
    // The error of a covariance is that of the mean of the products.
    const errors = centred.map((values) => {
      const products = values.map((value, s) => value * (score[s] - mean));
      return errorOfMean(products, draws, shares);
    });
    return { derivatives: Float64Array.from(own), mcse: Float64Array.from(errors) };
  };
}

/** d log p / d number at each draw, of all priors of a statement, by differences of the fourth order; or why there is none. */
function scoreOf({ priors, statistics, distribution }: StatementAtDraws, k: number): Float64Array | string {
  const total = new Float64Array(statistics[0].length);
  const moved = `the support of ${distribution} moves with it, so that no covariance tells; vary it by refits`;
  for (const [i, prior] of priors.entries()) {
    const step = stepOf(prior, k);
    const at = (by: number) => prior.numbers.map((value, j) => (j === k ? value + by * step : value));
    if (hasMovingSupport(prior, at)) return moved;
    for (const [by, weight] of [
      [1, 8],
      [-1, -8],
      [2, -1],
      [-2, 1],
    ]) {
      const values = prior.logDensity(statistics[i], at(by));
      for (let s = 0; s < total.length; s++) total[s] += (weight * values[s]) / (12 * step);
    }
  }
  return total.every(Number.isFinite) ? total : "the prior's density cannot be computed at some of the draws";
}

function hasMovingSupport(prior: PriorAtDraws, at: (by: number) => readonly number[]): boolean {
  const [lower, upper] = prior.support();
  try {
    const [low, high] = prior.support(at(1));
    return low !== lower || high !== upper;
  } catch (error) {
    if (error instanceof RangeError) return true; // the number stands at an end of what is allowed
    throw error;
  }
}

function stepOf({ parameters, numbers, spread }: PriorAtDraws, k: number): number {
  return STEP * (parameters[k].check(-1) === null ? spread() : numbers[k]);
}
