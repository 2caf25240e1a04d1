import { addScaled } from "../../math/linalg/triangularFactor.js";

/** Posterior means and sds of quantities, one each. */
export interface ParameterMoments {
  readonly means: Float64Array;
  readonly sds: Float64Array;
}

/** Moments of the quantities' values at positions, by the positions' weights; `variances`, where given, adds each quantity's own variance at each position. */
export function weightedMoments(
  values: readonly Float64Array[],
  weights: Float64Array,
  variances: readonly Float64Array[] | null = null,
): ParameterMoments {
  const count = values.at(0)?.length ?? 0;
  const means = new Float64Array(count);
  const sds = new Float64Array(count);
  for (let i = 0; i < values.length; i++) if (weights[i] > 0) addScaled(means, weights[i], values[i]);
  for (let i = 0; i < values.length; i++) {
    if (!(weights[i] > 0)) continue;
    const at = values[i];
    for (let k = 0; k < count; k++)
      sds[k] += weights[i] * ((at[k] - means[k]) ** 2 + (variances === null ? 0 : variances[i][k]));
  }
  return { means, sds: sds.map(Math.sqrt) };
}
