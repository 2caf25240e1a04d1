// Integrals, least squares and medians as plainly as they can be written.

/** The mean of f over a normal variable, on a fine grid. */
export function overNormal(f: (x: number) => number, mean: number, variance: number): number {
  let [total, mass] = [0, 0];
  for (let z = -10; z <= 10; z += 1 / 12) {
    const weight = Math.exp(-0.5 * z * z);
    total += weight * f(mean + Math.sqrt(variance) * z);
    mass += weight;
  }
  return total / mass;
}

/** Coefficients of least squares, by the normal equations. */
export function leastSquares(X: readonly (readonly number[])[], y: readonly number[]): number[] {
  const p = X[0].length;
  const A = Array.from({ length: p }, (_, j) => [
    ...Array.from({ length: p }, (__, k) => X.reduce((sum, row) => sum + row[j] * row[k], 0)),
    X.reduce((sum, row, i) => sum + row[j] * y[i], 0),
  ]);
  for (let k = 0; k < p; k++)
    for (let j = 0; j < p; j++) {
      const by = A[j][k] / A[k][k];
      if (j !== k) A[j] = A[j].map((value, c) => value - by * A[k][c]);
    }
  return A.map((row, j) => row[p] / row[j]);
}

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
