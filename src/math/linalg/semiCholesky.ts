/** The lower Cholesky factor of a matrix that may be singular, q x q, row-major, into L: a column is zero where the pivot is. */
export function semiCholesky(matrix: Float64Array, q: number, L: Float64Array): void {
  L.fill(0);
  for (let c = 0; c < q; c++)
    for (let r = c; r < q; r++) {
      let value = matrix[r * q + c];
      for (let k = 0; k < c; k++) value -= L[r * q + k] * L[c * q + k];
      if (r === c) L[r * q + c] = value > 0 ? Math.sqrt(value) : 0;
      else L[r * q + c] = L[c * q + c] > 0 ? value / L[c * q + c] : 0;
    }
}
