import { addScaled, dot } from "./triangularFactor.js";

/**
 * The columns of a matrix (m x p, column-major) that are linear combinations of earlier ones: those whose part orthogonal to
 * the earlier columns that were kept is shorter than `tolerance` times their entry in `norms`. Columns are taken in their
 * order, as in R's `lm` (LINPACK's dqrdc2); Gram-Schmidt twice over (Giraud et al., 2005).
 */
export function dependentColumns(matrix: Float64Array, norms: Float64Array, tolerance: number): number[] {
  const rows = norms.length === 0 ? 0 : matrix.length / norms.length;
  const basis: Float64Array[] = [];
  const dependent: number[] = [];
  norms.forEach((norm, j) => {
    const residual = matrix.slice(j * rows, (j + 1) * rows);
    orthogonalize(residual, basis);
    const length = Math.sqrt(dot(residual, residual));
    if (length <= tolerance * norm) dependent.push(j);
    else basis.push(residual.map((value) => value / length));
  });
  return dependent;
}

/** Removes from the vector, in place, its part in the span of an orthonormal basis; twice is enough. */
export function orthogonalize(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) {
    for (const direction of basis) addScaled(vector, -dot(vector, direction), direction);
  }
}
