/** The mean of S values by weights that sum to 1. */
export function meanOf(values: Float64Array, shares: Float64Array): number {
  let total = 0;
  for (let s = 0; s < values.length; s++) total += shares[s] * values[s];
  return total;
}

/** Their covariance, without a correction of the divisor. */
export function covarianceOf(f: Float64Array, g: Float64Array, shares: Float64Array): number {
  const [ofF, ofG] = [meanOf(f, shares), meanOf(g, shares)];
  let total = 0;
  for (let s = 0; s < f.length; s++) total += shares[s] * (f[s] - ofF) * (g[s] - ofG);
  return total;
}
