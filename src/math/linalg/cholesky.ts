import { log } from "../special/elementary.js";

/** A pivot below this share of its diagonal is rounding. */
const LEAST_PIVOT = 1e-15;

/**
 * Small dense Cholesky factors, in place and without allocation. A matrix is n x n, row-major, and starts at `at` of its array,
 * so that an array may hold many of them; only lower triangles are read and written unless it is said otherwise.
 */

/** Overwrites a symmetric matrix with L, A = L L'. False, with the matrix spoilt, if it is not positive definite or not finite. */
export function cholesky(A: Float64Array, n: number, at = 0): boolean {
  for (let i = 0; i < n; i++) {
    const row = at + i * n;
    for (let j = 0; j < i; j++) {
      const other = at + j * n;
      let rest = A[row + j];
      for (let k = 0; k < j; k++) rest -= A[row + k] * A[other + k];
      A[row + j] = rest / A[other + j];
    }
    const diagonal = A[row + i];
    let pivot = diagonal;
    for (let k = 0; k < i; k++) pivot -= A[row + k] * A[row + k];
    if (!(pivot > LEAST_PIVOT * diagonal && pivot < Infinity)) return false;
    A[row + i] = Math.sqrt(pivot);
  }
  return true;
}

/** L of a symmetric matrix, with zeros above its diagonal; null if it is not positive definite. */
export function lowerCholesky(A: Float64Array, n: number): Float64Array | null {
  const L = A.map((value, k) => (k % n <= Math.floor(k / n) ? value : 0));
  return cholesky(L, n) ? L : null;
}

/**
 * Eliminates the first `columns` rows and columns of a symmetric matrix: they are overwritten with those of L, and the lower triangle
 * of the rest with its Schur complement. False, with the matrix spoilt, if a pivot is not positive or not finite.
 */
export function partialCholesky(A: Float64Array, n: number, columns: number, at = 0): boolean {
  for (let c = 0; c < columns; c++) {
    const pivot = A[at + c * n + c];
    if (!(pivot > 0 && pivot < Infinity)) return false;
    const root = Math.sqrt(pivot);
    A[at + c * n + c] = root;
    for (let r = c + 1; r < n; r++) {
      const row = at + r * n;
      const entry = A[row + c] / root;
      A[row + c] = entry;
      for (let k = c + 1; k <= r; k++) A[row + k] -= entry * A[at + k * n + c];
    }
  }
  return true;
}

/** log |A| = 2 sum log L_ii; the rows of L are `width` apart. */
export function logDeterminant(L: Float64Array, n: number, at = 0, width = n): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += log(L[at + i * width + i]);
  return 2 * total;
}

/** x <- L^-1 x, for the n entries of x from `xAt` on, `stride` apart; the rows of L are `width` apart. */
export function solveLower(L: Float64Array, n: number, x: Float64Array, at = 0, xAt = 0, stride = 1, width = n): void {
  for (let i = 0; i < n; i++) {
    const row = at + i * width;
    let rest = x[xAt + i * stride];
    for (let k = 0; k < i; k++) rest -= L[row + k] * x[xAt + k * stride];
    x[xAt + i * stride] = rest / L[row + i];
  }
}

/** x <- L^-T x, as for `solveLower`; by rows of L as well, which lie together in memory. */
export function solveLowerTransposed(
  L: Float64Array,
  n: number,
  x: Float64Array,
  at = 0,
  xAt = 0,
  stride = 1,
  width = n,
): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = at + i * width;
    const entry = x[xAt + i * stride] / L[row + i];
    x[xAt + i * stride] = entry;
    for (let k = 0; k < i; k++) x[xAt + k * stride] -= L[row + k] * entry;
  }
}

/** A^-1 from L into `inverse` at the same place, both triangles. */
export function inverseFromCholesky(L: Float64Array, n: number, inverse: Float64Array, at = 0): void {
  inverse.fill(0, at, at + n * n);
  for (let c = 0; c < n; c++) {
    inverse[at + c * n + c] = 1;
    solveLower(L, n, inverse, at, at + c, n);
    solveLowerTransposed(L, n, inverse, at, at + c, n);
  }
}

/**
 * The adjoint of `cholesky` (Murray, 2016, eq. 10): from d value / d L to the symmetric matrix G with
 * d value = sum over all r, c of G_rc dA_rc. `adjoint` holds the first, lower triangular, and is overwritten with G.
 */
export function choleskyAdjoint(L: Float64Array, n: number, adjoint: Float64Array): void {
  const product = new Float64Array(n * n);
  for (let r = 0; r < n; r++)
    for (let c = 0; c <= r; c++) {
      let total = 0;
      for (let k = r; k < n; k++) total += L[k * n + r] * adjoint[k * n + c];
      product[r * n + c] = 0.5 * total;
      product[c * n + r] = 0.5 * total;
    }
  for (let c = 0; c < n; c++) solveLowerTransposed(L, n, product, 0, c, n);
  for (let r = 0; r < n; r++) solveLowerTransposed(L, n, product, 0, r * n);
  adjoint.set(product);
}
