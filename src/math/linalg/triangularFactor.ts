import { isDue, runSync, type Steps } from "../steps.js";

/** Rows of a block: two columns of it and a column of R stay in the first-level cache. */
const blockRows = 512;

/**
 * The triangular factor R (p x p, column-major) of the QR decomposition of a tall n x p matrix that is never stored:
 * `readBlock` writes rows [start, start + count) into `block`, column-major with leading dimension `stride`.
 * Householder reflections of R stacked on one block at a time (Golub & Van Loan, 2013, section 5.2), 2 n p^2 operations.
 */
export function triangularFactor(rows: number, columns: number, readBlock: BlockReader): Float64Array {
  return runSync(triangularFactorSteps(rows, columns, readBlock));
}

export type BlockReader = (start: number, count: number, block: Float64Array, stride: number) => void;

/** `triangularFactor`, with pauses between blocks. */
export function* triangularFactorSteps(rows: number, columns: number, readBlock: BlockReader): Steps<Float64Array> {
  const R = new Float64Array(columns * columns);
  const block = new Float64Array(blockRows * columns);
  for (let start = 0; start < rows; start += blockRows) {
    const count = Math.min(blockRows, rows - start);
    readBlock(start, count, block, blockRows);
    for (let k = 0; k < columns; k++) reflect(R, columns, k, block, count);
    if (isDue(start / blockRows, columns * columns)) yield;
  }
  return R;
}

/** Folds column k of the block into the diagonal of R, and applies the reflection to the columns after it. */
function reflect(R: Float64Array, columns: number, k: number, block: Float64Array, count: number): void {
  const pivot = block.subarray(k * blockRows, k * blockRows + count);
  const below = dot(pivot, pivot);
  if (below === 0) return;
  const diagonal = R[k * columns + k];
  const reflected = (diagonal > 0 ? -1 : 1) * Math.sqrt(diagonal * diagonal + below);
  const head = diagonal - reflected;
  const tau = 2 / (head * head + below);
  R[k * columns + k] = reflected;
  for (let j = k + 1; j < columns; j++) {
    const column = block.subarray(j * blockRows, j * blockRows + count);
    const above = R[j * columns + k];
    const step = tau * (head * above + dot(pivot, column));
    R[j * columns + k] = above - step * head;
    addScaled(column, -step, pivot);
  }
}

/** The sum of x[i] y[i]. */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** x += scale * y */
export function addScaled(x: Float64Array, scale: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = x[i] + scale * y[i];
}
