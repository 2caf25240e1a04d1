import { fitGeneralizedPareto, generalizedParetoQuantile } from "./generalizedPareto.js";
import { exp, log } from "./special/elementary.js";

export interface SmoothedWeights {
  /** In the order given: the largest are replaced by quantiles of the fitted tail, none above the largest given. Not normalised. */
  readonly logWeights: Float64Array;
  /**
   * Shape of the tail: the weights have moments up to order 1 / k. Below 0.5 means over the weights obey the central limit theorem,
   * below `largestReliableK` they can be used, beyond they cannot. Infinity where there is no telling: fewer than 21 weights, or a tail most of
   * which is one value; 0 where all of the tail is one value within rounding, so that the weights are bounded.
   */
  readonly paretoK: number;
  /** (sum w)^2 / sum w^2 of the smoothed weights, times the relative efficiency; 0 where all weights are zero. */
  readonly effectiveSampleSize: number;
}

export interface PsisOptions {
  /** Effective sample size of the draws over their number, where they are of a Markov chain. Default 1. */
  readonly relativeEfficiency: number;
}

/** A tail with fewer weights is not fitted, and one whose logs differ by no more than this is constant. */
const LEAST_TAIL = 5;
const ROUNDING = 1e-9;
/** The prior on k counts as so many weights at one half. */
const PRIOR_WEIGHTS = 10;
const PRIOR_K = 0.5;

/**
 * Pareto-smoothed importance sampling of Vehtari, Simpson, Gelman, Yao & Gabry ("Pareto smoothed importance sampling", JMLR 25, 2024),
 * with the tail and the prior on k of R's loo 2.5. A log weight of -Infinity is a weight of zero.
 * Throws RangeError if a log weight is NaN or Infinity, or if there are none.
 */
export function psis(
  logWeights: ArrayLike<number>,
  { relativeEfficiency = 1 }: Partial<PsisOptions> = {},
): SmoothedWeights {
  const given = Float64Array.from(logWeights);
  const largest = given.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (given.length === 0) throw new RangeError("there are no weights to smooth");
  if (!(largest < Number.POSITIVE_INFINITY))
    throw new RangeError("a log weight is NaN or Infinity; weights must be finite, and zero is -Infinity");
  if (largest === Number.NEGATIVE_INFINITY)
    return { logWeights: given, paretoK: Number.POSITIVE_INFINITY, effectiveSampleSize: 0 };
  const relative = given.map((value) => value - largest);
  const tailLength = tailLengthOf(given.length, relativeEfficiency);
  const paretoK = tailLength < LEAST_TAIL ? Number.POSITIVE_INFINITY : smoothTail(relative, tailLength);
  return {
    logWeights: relative.map((value) => value + largest),
    paretoK,
    effectiveSampleSize: effectiveSampleSize(relative) * relativeEfficiency,
  };
}

/** The Pareto k up to which means over so many weights can be used: at most 0.7, less for few (Vehtari et al. 2024, section 3.2.4). */
export function largestReliableK(count: number): number {
  return Math.min(0.7, 1 - Math.LN10 / log(count));
}

/** Weights in the tail that k is estimated from. */
function tailLengthOf(count: number, relativeEfficiency: number): number {
  return Math.ceil(Math.min(0.2 * count, 3 * Math.sqrt(count / relativeEfficiency)));
}

/** The standard error of an estimated Pareto k of so many weights, to the first order: (1 + k) / sqrt(m) of a tail of m. */
export function paretoKError(k: number, count: number, relativeEfficiency: number): number {
  return (1 + k) / Math.sqrt(tailLengthOf(count, relativeEfficiency));
}

/** Replaces the largest weights, whose logs are relative to the largest of all, by quantiles of their fit; returns k. */
function smoothTail(relative: Float64Array, tailLength: number): number {
  const ascending = Int32Array.from(relative, (_, i) => i).sort((i, j) => compare(relative[i], relative[j]));
  const tail = ascending.subarray(relative.length - tailLength);
  if (relative[tail[0]] > -ROUNDING) return 0;
  const cutoff = exp(relative[ascending[relative.length - tailLength - 1]]);
  const fit = fitGeneralizedPareto(Float64Array.from(tail, (i) => exp(relative[i]) - cutoff));
  if (!Number.isFinite(fit.k)) return Number.POSITIVE_INFINITY;
  const k = (fit.k * tailLength + PRIOR_K * PRIOR_WEIGHTS) / (tailLength + PRIOR_WEIGHTS);
  tail.forEach((i, rank) => {
    const excess = generalizedParetoQuantile((rank + 0.5) / tailLength, { k, sigma: fit.sigma });
    relative[i] = Math.min(0, log(excess + cutoff));
  });
  return k;
}

/** For two logs of weights, of which both may be -Infinity. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function effectiveSampleSize(relative: Float64Array): number {
  let [total, squares] = [0, 0];
  for (const value of relative) {
    const weight = exp(value);
    total += weight;
    squares += weight * weight;
  }
  return (total * total) / squares;
}
