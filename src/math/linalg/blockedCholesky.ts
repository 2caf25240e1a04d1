import { cholesky, solveLower } from "./cholesky.js";

/**
 * Cholesky factor and inverse of large dense matrices, n x n and row-major, tile by tile. All the work that grows with n^3 is one
 * product, C -= A B'.
 */

/** Rows and columns of a tile. */
const TILE = 48;

/** Overwrites the lower triangle with L, A = L L'; what stands above it afterwards means nothing. False if A is not positive definite. */
export function blockedCholesky(A: Float64Array, n: number): boolean {
  const corner = new Float64Array(TILE * TILE);
  for (let start = 0; start < n; start += TILE) {
    const size = Math.min(TILE, n - start);
    for (let row = start; row < n; row += TILE)
      subtractProduct(A, A, A, n, row, Math.min(n, row + TILE), start, start + size, 0, start);
    copyTile(A, start * n + start, n, corner, 0, size, size);
    if (!cholesky(corner, size)) return false;
    copyTile(corner, 0, size, A, start * n + start, n, size);
    for (let row = start + size; row < n; row++) solveLower(corner, size, A, 0, row * n + start);
  }
  return true;
}

/** A^-1 from L, both triangles, into `inverse`; `scratch` has the same size. */
export function blockedInverse(L: Float64Array, n: number, inverse: Float64Array, scratch: Float64Array): void {
  transposedInverse(L, n, scratch);
  inverse.fill(0);
  for (let row = 0; row < n; row += TILE)
    for (let column = 0; column <= row; column += TILE) {
      const [rowEnd, columnEnd] = [Math.min(n, row + TILE), Math.min(n, column + TILE)];
      subtractProduct(inverse, scratch, scratch, n, row, rowEnd, column, columnEnd, row, n);
    }
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = -inverse[i * n + j];
      inverse[i * n + j] = value;
      inverse[j * n + i] = value;
    }
}

/** U = L^-T, upper triangular, zero below its diagonal within a tile. */
function transposedInverse(L: Float64Array, n: number, U: Float64Array): void {
  const corner = new Float64Array(TILE * TILE);
  for (let column = 0; column < n; column += TILE) {
    const size = Math.min(TILE, n - column);
    copyTile(L, column * n + column, n, corner, 0, size, size);
    for (let row = 0; row <= column; row += TILE) {
      const rowEnd = Math.min(n, row + TILE);
      for (let i = row; i < rowEnd; i++) {
        U.fill(0, i * n + column, i * n + column + size);
        if (row === column) U[i * n + i] = 1;
      }
      subtractProduct(U, U, L, n, row, rowEnd, column, column + size, row, column);
      for (let i = row; i < rowEnd; i++) solveLower(corner, size, U, 0, i * n + column);
    }
  }
}

/** Copies the lower triangle of a tile between two places. */
function copyTile(
  from: Float64Array,
  fromAt: number,
  fromStride: number,
  to: Float64Array,
  toAt: number,
  toStride: number,
  size: number,
): void {
  for (let r = 0; r < size; r++)
    for (let c = 0; c <= r; c++) to[toAt + r * toStride + c] = from[fromAt + r * fromStride + c];
}

/**
 * C_ij -= sum of A_ik B_jk over k in [first, end), for rows i and columns j in their ranges. Long because it holds a 4 x 4 piece
 * of the product in registers, three times as fast as one entry at a time.
 */
function subtractProduct(
  C: Float64Array,
  A: Float64Array,
  B: Float64Array,
  n: number,
  row: number,
  rowEnd: number,
  column: number,
  columnEnd: number,
  first: number,
  end: number,
): void {
  if (first >= end) return;
  const wholeRows = rowEnd - ((rowEnd - row) % 4);
  const wholeColumns = columnEnd - ((columnEnd - column) % 4);
  for (let i = row; i < wholeRows; i += 4) {
    const i0 = i * n;
    const i1 = i0 + n;
    const i2 = i1 + n;
    const i3 = i2 + n;
    for (let j = column; j < wholeColumns; j += 4) {
      const j0 = j * n;
      const j1 = j0 + n;
      const j2 = j1 + n;
      const j3 = j2 + n;
      let c00 = 0;
      let c01 = 0;
      let c02 = 0;
      let c03 = 0;
      let c10 = 0;
      let c11 = 0;
      let c12 = 0;
      let c13 = 0;
      let c20 = 0;
      let c21 = 0;
      let c22 = 0;
      let c23 = 0;
      let c30 = 0;
      let c31 = 0;
      let c32 = 0;
      let c33 = 0;
      for (let k = first; k < end; k++) {
        const a0 = A[i0 + k];
        const a1 = A[i1 + k];
        const a2 = A[i2 + k];
        const a3 = A[i3 + k];
        const b0 = B[j0 + k];
        c00 += a0 * b0;
        c10 += a1 * b0;
        c20 += a2 * b0;
        c30 += a3 * b0;
        const b1 = B[j1 + k];
        c01 += a0 * b1;
        c11 += a1 * b1;
        c21 += a2 * b1;
        c31 += a3 * b1;
        const b2 = B[j2 + k];
        c02 += a0 * b2;
        c12 += a1 * b2;
        c22 += a2 * b2;
        c32 += a3 * b2;
        const b3 = B[j3 + k];
        c03 += a0 * b3;
        c13 += a1 * b3;
        c23 += a2 * b3;
        c33 += a3 * b3;
      }
      C[i0 + j] -= c00;
      C[i0 + j + 1] -= c01;
      C[i0 + j + 2] -= c02;
      C[i0 + j + 3] -= c03;
      C[i1 + j] -= c10;
      C[i1 + j + 1] -= c11;
      C[i1 + j + 2] -= c12;
      C[i1 + j + 3] -= c13;
      C[i2 + j] -= c20;
      C[i2 + j + 1] -= c21;
      C[i2 + j + 2] -= c22;
      C[i2 + j + 3] -= c23;
      C[i3 + j] -= c30;
      C[i3 + j + 1] -= c31;
      C[i3 + j + 2] -= c32;
      C[i3 + j + 3] -= c33;
    }
    for (let j = wholeColumns; j < columnEnd; j++)
      for (let r = i; r < i + 4; r++) subtractEntry(C, A, B, n, r, j, first, end);
  }
  for (let i = wholeRows; i < rowEnd; i++)
    for (let j = column; j < columnEnd; j++) subtractEntry(C, A, B, n, i, j, first, end);
}

function subtractEntry(
  C: Float64Array,
  A: Float64Array,
  B: Float64Array,
  n: number,
  i: number,
  j: number,
  first: number,
  end: number,
): void {
  let total = 0;
  for (let k = first; k < end; k++) total += A[i * n + k] * B[j * n + k];
  C[i * n + j] -= total;
}
