import { mean, standardDeviation } from "../../math/moments.js";
import type { DrawsMarginal } from "../../posterior/Posterior.js";
import type { Weighted } from "./importance.js";
import { sdErrors } from "./monteCarloErrors.js";

/** Monte Carlo errors of draws that were picked by weights. */
export interface DrawErrors {
  /** Relative ones of the sds, one a marginal. */
  readonly sdErrors: Float64Array;
  /** The largest of a 5% or 95% quantile, in sds. */
  readonly tailError: number;
}

/** Of marginals whose draws were picked from weighted ones, `picked` telling which. */
export function drawErrors(marginals: readonly DrawsMarginal[], picked: Int32Array, used: Weighted): DrawErrors {
  return {
    sdErrors: sdErrorsOf(marginals, picked),
    tailError: Math.max(0, ...marginals.map((marginal) => tailErrorOf(marginal, used))),
  };
}

/**
 * Relative Monte Carlo errors of sds, which a single draw far out in a heavy tail makes large: the larger of that by the draws' fourth moments,
 * where those that were picked often are one, and of that between batches.
 */
function sdErrorsOf(marginals: readonly DrawsMarginal[], picked: Int32Array): Float64Array {
  const shares = new Map<number, { readonly draw: number; share: number }>();
  picked.forEach((i, draw) => {
    const known = shares.get(i) ?? { draw, share: 0 };
    known.share += 1 / picked.length;
    shares.set(i, known);
  });
  const distinct = [...shares.values()];
  return sdErrors(
    distinct.map(({ draw }) => Float64Array.from(marginals, ({ chains }) => chains[0][draw])),
    Float64Array.from(distinct, ({ share }) => share),
  ).map((error, k) => Math.max(error, batchError(marginals[k])));
}

/** The probability of a tail whose quantile is judged. */
const TAIL = 0.05;

/**
 * The larger Monte Carlo error, in sds, of the 5% and 95% quantiles: half the distance between the quantiles one standard error of the distribution
 * function below and above (Woodruff 1952), of as many independent draws as the weights are worth.
 */
function tailErrorOf({ chains: [draws] }: DrawsMarginal, { effectiveSampleSize }: Weighted): number {
  const sorted = draws.slice().sort();
  const quantile = (probability: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(probability * sorted.length))];
  const error = Math.sqrt((TAIL * (1 - TAIL)) / effectiveSampleSize);
  const distances = [TAIL, 1 - TAIL].map((p) => quantile(Math.min(1, p + error)) - quantile(Math.max(0, p - error)));
  const sd = standardDeviation(draws);
  return sd > 0 ? Math.max(...distances) / 2 / sd : 0;
}

/** The relative error of the sd of draws in batches, by the variance between the batches of its influence function; 0 for a constant. */
function batchError({ chains: [draws], batches = [] }: DrawsMarginal): number {
  const centre = mean(draws);
  const variance = draws.reduce((total, draw) => total + (draw - centre) ** 2, 0) / draws.length;
  if (variance === 0) return 0;
  let start = 0;
  const squares = batches.reduce((total, length) => {
    let sum = 0;
    for (const end = start + length; start < end; start++) sum += ((draws[start] - centre) ** 2 / variance - 1) / 2;
    return total + (sum / draws.length) ** 2;
  }, 0);
  return Math.sqrt((squares * batches.length) / (batches.length - 1));
}
