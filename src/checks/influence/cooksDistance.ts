import { lowerCholesky, solveLower } from "../../math/linalg/cholesky.js";

/** d' V^-1 d / p; NaN where V is not positive definite, 0 without coefficients. */
export function cooksDistance(changes: readonly number[], covariance: Float64Array): number {
  const p = changes.length;
  if (p === 0) return 0;
  const L = lowerCholesky(covariance, p);
  if (L === null) return Number.NaN;
  const z = Float64Array.from(changes);
  solveLower(L, p, z);
  return z.reduce((sum, value) => sum + value * value, 0) / p;
}
