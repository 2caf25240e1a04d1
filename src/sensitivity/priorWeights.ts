import { largestReliableK, psis } from "../math/psis.js";
import { exp, log } from "../math/special/elementary.js";

/** Draws of a posterior as they are weighted under other priors. */
export interface PriorWeights {
  /** Summing to 1. */
  readonly weights: Float64Array;
  readonly paretoK: number;
  /** How many independent draws they are worth. */
  readonly size: number;
  /** Whether the Pareto k is small enough, and enough draws are left. */
  readonly isReliable: boolean;
}

/** Weights that leave fewer independent draws are not used. */
const LEAST_SIZE = 100;

/** From the log densities of the priors at the draws, as they were and as they are to be; `shares`: the draws' own weights, summing to 1. */
export function priorWeights(own: Float64Array, varied: Float64Array, shares: Float64Array): PriorWeights {
  const ratios = own.map((value, s) => {
    const ratio = varied[s] - value;
    return Number.isFinite(ratio) && shares[s] > 0 ? ratio + log(shares[s]) : Number.NEGATIVE_INFINITY;
  });
  if (ratios.every((ratio) => ratio === Number.NEGATIVE_INFINITY))
    return { weights: shares, paretoK: Number.POSITIVE_INFINITY, size: 0, isReliable: false };
  const { logWeights, paretoK, effectiveSampleSize: size } = psis(ratios);
  const largest = logWeights.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const raw = logWeights.map((value) => exp(value - largest));
  const total = raw.reduce((a, b) => a + b, 0);
  const isReliable = paretoK <= largestReliableK(own.length) && size >= LEAST_SIZE;
  return { weights: raw.map((weight) => weight / total), paretoK, size, isReliable };
}
