import { cholesky } from "../linalg/cholesky.js";
import { dot } from "../linalg/triangularFactor.js";

/** Shares of the diagonal that are tried in turn; a coordinate without curvature counts as this share of the largest. */
const SHARES = { first: 1e-8, growth: 10, last: 1e6, floor: 1e-8 };

/** Whether a symmetric n x n matrix, row-major, is positive definite. */
function isDefinite(matrix: Float64Array, n: number): boolean {
  return cholesky(matrix.slice(), n);
}

/** The matrix, or if it is not positive definite the matrix with the least of a row of growing shares added to its diagonal. */
export function nearestDefinite(matrix: Float64Array, n: number): Float64Array {
  if (isDefinite(matrix, n)) return matrix;
  const diagonal = Float64Array.from({ length: n }, (_, i) => Math.abs(matrix[i * n + i]));
  const largest = diagonal.reduce((a, b) => Math.max(a, b), 0) || 1;
  for (let share = SHARES.first; share < SHARES.last; share *= SHARES.growth) {
    const shifted = matrix.slice();
    for (let i = 0; i < n; i++) shifted[i * n + i] += share * Math.max(diagonal[i], SHARES.floor * largest);
    if (isDefinite(shifted, n)) return shifted;
  }
  return diagonalMatrix(diagonal.map((value) => value || largest));
}

/** The rows and columns `kept` of an n x n matrix. */
export function submatrix(matrix: Float64Array, n: number, kept: readonly number[]): Float64Array {
  const size = kept.length;
  const part = new Float64Array(size * size);
  for (let r = 0; r < size; r++) for (let c = 0; c < size; c++) part[r * size + c] = matrix[kept[r] * n + kept[c]];
  return part;
}

export function diagonalMatrix(diagonal: ArrayLike<number>): Float64Array {
  const n = diagonal.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = diagonal[i];
  return matrix;
}

/** matrix times vector. */
export function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) product[i] += matrix[i * n + j] * vector[j];
  return product;
}

/** vector' matrix vector */
export function quadraticForm(matrix: Float64Array, vector: Float64Array): number {
  return dot(vector, multiply(matrix, vector));
}
