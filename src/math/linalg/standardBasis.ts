import { isDue, runSync, type Steps } from "../steps.js";
import { addScaled, dot } from "./triangularFactor.js";

/** The columns of a matrix in coordinates of their own: matrix = basis R. */
export interface StandardBasis {
  /** n x p, column-major: columns of mean square 1, each orthogonal to those before it. */
  readonly basis: Float64Array;
  /** R, p x p, row-major: takes coefficients of the matrix to coefficients of the basis. */
  readonly fromColumns: Float64Array;
  /** p x p, row-major: R^-1, which takes coefficients of the basis to coefficients of the matrix. */
  readonly toColumns: Float64Array;
}

/** If less than this share of a column is orthogonal to those before it, that may be rounding. */
const LEAST_SHARE = 1e-13;
/** If less than this share is left, one subtraction has lost digits, and a second restores orthogonality (Daniel et al., 1976). */
const ONCE_IS_ENOUGH = 0.7;

/**
 * The basis that Gram-Schmidt makes of a matrix (n x p, column-major), taking the constant column (its position, or -1) first and
 * the others in their order. It depends only on the spans of the leading columns: not on the unit of a column nor, beside a constant
 * one, on its origin. A column that depends linearly on those before it is scaled to mean square 1 and otherwise left as it is.
 */
export function standardBasis(matrix: Float64Array, p: number, constantColumn: number): StandardBasis {
  return runSync(standardBasisSteps(matrix, p, constantColumn));
}

/** `standardBasis`, with pauses between columns. */
export function* standardBasisSteps(matrix: Float64Array, p: number, constantColumn: number): Steps<StandardBasis> {
  const n = matrix.length / p;
  const basis = matrix.slice();
  const order = Array.from({ length: p }, (_, k) => k);
  if (constantColumn >= 0) order.unshift(...order.splice(constantColumn, 1));
  const R = new Float64Array(p * p);
  const directions: number[] = [];
  const columnOf = (k: number) => basis.subarray(k * n, (k + 1) * n);
  for (const k of order) {
    const column = columnOf(k);
    const shares = subtractShares(column, directions.map(columnOf));
    shares?.forEach((share, j) => {
      R[directions[j] * p + k] = share;
    });
    R[k * p + k] = normalise(column);
    if (shares !== null) directions.push(k);
    if (isDue(k, n)) yield;
  }
  return { basis, fromColumns: R, toColumns: inverseInOrder(R, p, order) };
}

/** Makes a column orthogonal to others of mean square 1 and returns its shares of them; null, the column untouched, if nothing is left. */
function subtractShares(column: Float64Array, directions: readonly Float64Array[]): Float64Array | null {
  const whole = rootMeanSquare(column);
  const rest = column.slice();
  const shares = new Float64Array(directions.length);
  for (let before = whole, pass = 0; pass < 2; pass++) {
    directions.forEach((direction, j) => {
      const share = dot(rest, direction) / rest.length;
      addScaled(rest, -share, direction);
      shares[j] += share;
    });
    const left = rootMeanSquare(rest);
    if (!(left > LEAST_SHARE * whole)) return null;
    if (left > ONCE_IS_ENOUGH * before) break;
    before = left;
  }
  column.set(rest);
  return shares;
}

/** Scales a column to mean square 1, in place; returns what it was. A column of zeros stays. */
function normalise(column: Float64Array): number {
  const size = rootMeanSquare(column) || 1;
  for (let i = 0; i < column.length; i++) column[i] /= size;
  return size;
}

function rootMeanSquare(x: Float64Array): number {
  return Math.sqrt(dot(x, x) / x.length);
}

/** The inverse of a matrix that is upper triangular once its rows and columns are taken in an order. */
function inverseInOrder(R: Float64Array, p: number, order: readonly number[]): Float64Array {
  const inverse = new Float64Array(p * p);
  order.forEach((c, last) => {
    inverse[c * p + c] = 1 / R[c * p + c];
    for (let a = last - 1; a >= 0; a--) {
      const r = order[a];
      let total = 0;
      for (let b = a + 1; b <= last; b++) total += R[r * p + order[b]] * inverse[order[b] * p + c];
      inverse[r * p + c] = -total / R[r * p + r];
    }
  });
  return inverse;
}

/** The first column of a matrix (n x p, column-major) that is 1 in every row, or -1. */
export function columnOfOnes(matrix: Float64Array, p: number): number {
  const n = matrix.length / p;
  const columns = Array.from({ length: p }, (_, k) => matrix.subarray(k * n, (k + 1) * n));
  return columns.findIndex((column) => column.every((value) => value === 1));
}
