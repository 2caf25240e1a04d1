/**
 * Cholesky factor and inverse of a large dense symmetric matrix of f64, row-major, rows `stride` bytes apart, in orders that are
 * multiples of UNIT (see `../denseCholesky.ts`). Recursive, so that all the work that grows with n^3 is one product, C -= A B'.
 */

/** The smallest square, done entry by entry. */
const UNIT: u32 = 8;
/** A product goes through memory in pieces of so many columns of C and so many terms of its sums, which a first-level cache holds. */
const COLUMNS: u32 = 32;
const DEPTH: u32 = 96;
/** A triangle is cut into bands of so many rows. */
const BAND: u32 = 64;
/** A pivot below this share of its diagonal is rounding. */
const LEAST_PIVOT: f64 = 1e-15;

function place(matrix: usize, stride: usize, row: u32, column: u32): usize {
  return matrix + <usize>row * stride + ((<usize>column) << 3);
}

function halfOf(n: u32): u32 {
  return ((n / UNIT + 1) / 2) * UNIT;
}

function least(a: u32, b: u32): u32 {
  return a < b ? a : b;
}

/** Overwrites the lower triangle with L, A = L L'; what stands above it afterwards means nothing. False if A is not positive definite. */
export function denseCholesky(A: usize, stride: usize, n: u32): bool {
  if (n === UNIT) return factorUnit(A, stride);
  const half = halfOf(n);
  const rest = n - half;
  const below = place(A, stride, half, 0);
  const corner = place(A, stride, half, half);
  if (!denseCholesky(A, stride, half)) return false;
  solveRows(below, A, stride, rest, half);
  for (let column: u32 = 0; column < rest; column += COLUMNS) {
    const width = least(COLUMNS, rest - column);
    const rows = place(below, stride, column, 0);
    subtractProduct(place(corner, stride, column, column), rows, rows, stride, rest - column, width, half);
  }
  return denseCholesky(corner, stride, rest);
}

function factorUnit(A: usize, stride: usize): bool {
  for (let i: u32 = 0; i < UNIT; i++) {
    const row = place(A, stride, i, 0);
    for (let j: u32 = 0; j < i; j++) store<f64>(row + (j << 3), quotient(row, place(A, stride, j, 0), j));
    const diagonal = load<f64>(row + (i << 3));
    let pivot = diagonal;
    for (let k: u32 = 0; k < i; k++) pivot -= load<f64>(row + (k << 3)) * load<f64>(row + (k << 3));
    if (!(pivot > LEAST_PIVOT * diagonal && pivot < Infinity)) return false;
    store<f64>(row + (i << 3), sqrt(pivot));
  }
  return true;
}

/** (b_j - sum of b_k l_k over k < j) / l_j, one step of a solve with a row l of L. */
function quotient(b: usize, l: usize, j: u32): f64 {
  let rest = load<f64>(b + (j << 3));
  for (let k: u32 = 0; k < j; k++) rest -= load<f64>(b + (k << 3)) * load<f64>(l + (k << 3));
  return rest / load<f64>(l + (j << 3));
}

/** B <- B L^-T, rows x n, L of order n. */
function solveRows(B: usize, L: usize, stride: usize, rows: u32, n: u32): void {
  if (n === UNIT) {
    for (let i: u32 = 0; i < rows; i++) {
      const row = place(B, stride, i, 0);
      for (let j: u32 = 0; j < UNIT; j++) store<f64>(row + (j << 3), quotient(row, place(L, stride, j, 0), j));
    }
    return;
  }
  const half = halfOf(n);
  const rest = n - half;
  const right = place(B, stride, 0, half);
  solveRows(B, L, stride, rows, half);
  subtractProduct(right, B, place(L, stride, half, 0), stride, rows, rest, half);
  solveRows(right, place(L, stride, half, half), stride, rows, rest);
}

/** The lower triangle of -(L L')^-1 into `inverse`, by way of U = L^-T, upper triangular, in `scratch`, which must be zero below it. */
export function denseInverse(inverse: usize, scratch: usize, L: usize, stride: usize, n: u32): void {
  invertTransposed(scratch, L, stride, n);
  for (let row: u32 = 0; row < n; row += BAND) {
    const rows = least(BAND, n - row);
    const U = place(scratch, stride, row, row);
    const out = place(inverse, stride, row, 0);
    clear(out, stride, rows, row + rows);
    subtractProduct(out, U, place(scratch, stride, 0, row), stride, rows, row + rows, n - row);
  }
}

/** U = L^-T, upper triangular. */
function invertTransposed(U: usize, L: usize, stride: usize, n: u32): void {
  if (n === UNIT) {
    invertUnit(U, L, stride);
    return;
  }
  const half = halfOf(n);
  const rest = n - half;
  const right = place(U, stride, 0, half);
  const corner = place(L, stride, half, half);
  invertTransposed(U, L, stride, half);
  clear(right, stride, half, rest);
  for (let row: u32 = 0; row < half; row += BAND) {
    const rows = least(BAND, half - row);
    const below = place(L, stride, half, row);
    subtractProduct(place(right, stride, row, 0), place(U, stride, row, row), below, stride, rows, rest, half - row);
  }
  solveRows(right, corner, stride, half, rest);
  invertTransposed(place(U, stride, half, half), corner, stride, rest);
}

function invertUnit(U: usize, L: usize, stride: usize): void {
  for (let i: u32 = 0; i < UNIT; i++) {
    const row = place(U, stride, i, 0);
    for (let j: u32 = 0; j < UNIT; j++) store<f64>(row + (j << 3), i === j ? 1 : 0);
    for (let j = i; j < UNIT; j++) store<f64>(row + (j << 3), quotient(row, place(L, stride, j, 0), j));
  }
}

function clear(A: usize, stride: usize, rows: u32, columns: u32): void {
  for (let i: u32 = 0; i < rows; i++) memory.fill(place(A, stride, i, 0), 0, (<usize>columns) << 3);
}

/** C -= A B' with C rows x columns and sums of `depth` terms. */
function subtractProduct(C: usize, A: usize, B: usize, stride: usize, rows: u32, columns: u32, depth: u32): void {
  for (let first: u32 = 0; first < depth; first += DEPTH) {
    const bytes = (<usize>least(DEPTH, depth - first)) << 3;
    for (let column: u32 = 0; column < columns; column += COLUMNS) {
      const end = least(columns, column + COLUMNS);
      for (let i: u32 = 0; i < rows; i += 4)
        for (let j = column; j < end; j += 2) {
          const target = place(C, stride, i, j);
          subtractPiece(target, place(A, stride, i, first), place(B, stride, j, first), stride, bytes);
        }
    }
  }
}

/** A piece of C of 4 x 2, kept in registers: eight sums by pairs of their terms. */
function subtractPiece(C: usize, A: usize, B: usize, stride: usize, bytes: usize): void {
  const stride2 = stride << 1;
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (const end = A + bytes; A < end; A += 16, B += 16) {
    const A2 = A + stride2;
    const b0 = v128.load(B);
    const b1 = v128.load(B + stride);
    const a0 = v128.load(A);
    c00 = f64x2.add(c00, f64x2.mul(a0, b0));
    c01 = f64x2.add(c01, f64x2.mul(a0, b1));
    const a1 = v128.load(A + stride);
    c10 = f64x2.add(c10, f64x2.mul(a1, b0));
    c11 = f64x2.add(c11, f64x2.mul(a1, b1));
    const a2 = v128.load(A2);
    c20 = f64x2.add(c20, f64x2.mul(a2, b0));
    c21 = f64x2.add(c21, f64x2.mul(a2, b1));
    const a3 = v128.load(A2 + stride);
    c30 = f64x2.add(c30, f64x2.mul(a3, b0));
    c31 = f64x2.add(c31, f64x2.mul(a3, b1));
  }
  subtractSums(C, c00, c01);
  subtractSums(C + stride, c10, c11);
  subtractSums(C + stride2, c20, c21);
  subtractSums(C + stride2 + stride, c30, c31);
}

function subtractSums(at: usize, first: v128, second: v128): void {
  const sums = f64x2.add(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3));
  v128.store(at, f64x2.sub(v128.load(at), sums));
}
