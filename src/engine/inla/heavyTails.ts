import type { Weighted } from "../laplace/importance.js";
import { sdErrors } from "../laplace/monteCarloErrors.js";
import type { ParameterMoments } from "../laplace/weightedMoments.js";
import type { Targets } from "./Targets.js";

/** A tail is heavy whose kurtosis by weighted positions is above this; a normal's is 3. */
const KURTOSIS = 6;

/**
 * Relative Monte Carlo errors of the sds of those hyperparameters that have a heavy tail, 0 of all other targets. Rules and designs of few points are short of such a
 * tail, some hundred positions may not show it at all, and a core has it so much heavier that it is no control.
 */
export function heavyTailErrors(
  { kinds }: Pick<Targets, "kinds">,
  values: readonly Float64Array[],
  { weights, effectiveSampleSize }: Weighted,
): Float64Array {
  return sdErrors(values, weights).map((error, k) => {
    const kurtosis = 1 + 4 * effectiveSampleSize * error ** 2;
    return kinds[k] !== "coefficient" && kurtosis > KURTOSIS ? error : 0;
  });
}

/** Moments of the targets, but those by weighted positions of targets with heavy tails. */
export function withTails(
  moments: ParameterMoments,
  weighted: ParameterMoments,
  ofTails: Float64Array,
): ParameterMoments {
  const chosen = (of: keyof ParameterMoments) =>
    moments[of].map((value, k) => (ofTails[k] > 0 ? weighted[of][k] : value));
  return { means: chosen("means"), sds: chosen("sds") };
}
