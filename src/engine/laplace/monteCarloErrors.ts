import type { Guard } from "../../posterior/Posterior.js";
import { type ParameterMoments, weightedMoments } from "./weightedMoments.js";

/** The largest relative Monte Carlo error of an sd that a design's moments may have: at 2.5 standard errors an sd is off by 10%. */
const MOST = 0.04;

/**
 * Standard errors of the means, in sds, and relative ones of the sds, of values at positions with weights summing to 1: by the delta method, the
 * positions taken as independent.
 */
export function momentErrors(values: readonly Float64Array[], weights: Float64Array): ParameterMoments {
  const { means, sds } = weightedMoments(values, weights);
  const ofMeans = new Float64Array(sds.length);
  const ofSds = new Float64Array(sds.length);
  values.forEach((at, i) => {
    if (!(weights[i] > 0)) return;
    for (let k = 0; k < sds.length; k++) {
      const square = ((at[k] - means[k]) / sds[k]) ** 2;
      ofMeans[k] += weights[i] ** 2 * square;
      ofSds[k] += (weights[i] * (square - 1)) ** 2;
    }
  });
  const varies = (error: number, k: number) => (sds[k] > 0 ? error : 0);
  return { means: ofMeans.map(Math.sqrt).map(varies), sds: ofSds.map((sum) => 0.5 * Math.sqrt(sum)).map(varies) };
}

/** The relative errors of the sds alone. */
export function sdErrors(values: readonly Float64Array[], weights: Float64Array): Float64Array {
  return momentErrors(values, weights).sds;
}

/** Relative errors of the ratios of the sds by one set of weights to those by another, of the same values. */
export function ratioErrors(
  values: readonly Float64Array[],
  weights: Float64Array,
  others: Float64Array,
): Float64Array {
  const [one, other] = [weights, others].map((each) => weightedMoments(values, each));
  const influence = (at: Float64Array, weight: number, { means, sds }: ParameterMoments, k: number) =>
    weight > 0 ? weight * (((at[k] - means[k]) / sds[k]) ** 2 - 1) : 0;
  const sums = new Float64Array(one.sds.length);
  values.forEach((at, i) => {
    for (let k = 0; k < sums.length; k++)
      sums[k] += (influence(at, weights[i], one, k) - influence(at, others[i], other, k)) ** 2;
  });
  return sums.map((sum, k) => (one.sds[k] > 0 && other.sds[k] > 0 ? 0.5 * Math.sqrt(sum) : 0));
}

/** The guard, which does not trust moments of weighted positions that leave too large an error in an sd. */
export function withErrors(guard: Guard, names: readonly string[], errors: Float64Array, largest = MOST): Guard {
  const worst = errors.reduce((most, error, k) => (error > errors[most] ? k : most), 0);
  if (!guard.isTrusted || !(errors[worst] > largest)) return guard;
  return {
    ...guard,
    isTrusted: false,
    verdict:
      `do not trust: ${guard.draws} weighted positions, as even as ${Math.round(guard.effectiveSampleSize)} unweighted ones, leave a ` +
      `Monte Carlo error of ${(100 * errors[worst]).toFixed(0)}% in the sd of ${names[worst]}`,
    advice: "take more positions (--draws), or sample with the engine nuts",
  };
}
