import { psis } from "../../math/psis.js";
import { exp, log } from "../../math/special/elementary.js";
import { largest, sum } from "../../math/totals.js";

/** Draws with the weights that make them the posterior's. */
export interface Weighted {
  /** Summing to 1. */
  readonly weights: Float64Array;
  readonly paretoK: number;
  readonly effectiveSampleSize: number;
  /** Log of the mean of the unnormalised weights: the log of the integral of the density they are of. */
  readonly logMean: number;
}

/** Weights from their logs, the tail smoothed; those that cannot be computed count as zero. */
export function smoothedWeights(logWeights: Float64Array): Weighted {
  const known = logWeights.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
  const { logWeights: smooth, paretoK, effectiveSampleSize } = psis(known);
  const highest = largest(smooth);
  const weights = smooth.map((value) => (highest === Number.NEGATIVE_INFINITY ? 1 : exp(value - highest)));
  const total = sum(weights);
  for (let i = 0; i < weights.length; i++) weights[i] /= total;
  return { weights, paretoK, effectiveSampleSize, logMean: highest + log(total / weights.length) };
}

/**
 * Which draws take the places of weighted ones, each as often as its weight says to less than one (systematic resampling: Kitagawa 1996);
 * `uniform` in (0, 1) is where the comb starts.
 */
export function resample(weights: Float64Array, count: number, uniform: number): Int32Array {
  const picked = new Int32Array(count);
  let i = 0;
  let reached = weights[0];
  for (let k = 0; k < count; k++) {
    const wanted = (k + uniform) / count;
    while (reached < wanted && i < weights.length - 1) reached += weights[++i];
    picked[k] = i;
  }
  return picked;
}
