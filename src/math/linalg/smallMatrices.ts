/** Products of small dense matrices, n x n and row-major, without regard to their shape. */

/** A x */
export function matrixVector(A: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, r) => {
    let total = 0;
    for (let k = 0; k < n; k++) total += A[r * n + k] * x[k];
    return total;
  });
}

/** A' x */
export function transposedVector(A: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, c) => {
    let total = 0;
    for (let k = 0; k < n; k++) total += A[k * n + c] * x[k];
    return total;
  });
}

/** A B */
export function matrixProduct(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let r = 0; r < n; r++)
    for (let k = 0; k < n; k++) for (let c = 0; c < n; c++) product[r * n + c] += A[r * n + k] * B[k * n + c];
  return product;
}

/** A' B */
export function transposedProduct(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let k = 0; k < n; k++)
    for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) product[r * n + c] += A[k * n + r] * B[k * n + c];
  return product;
}
