/** Products of many small blocks at once; matrices are row-major, blocks of rows x columns stand one after another. */

export function transposed(matrix: Float64Array): Float64Array {
  const q = Math.round(Math.sqrt(matrix.length));
  return matrix.map((_, k) => matrix[(k % q) * q + Math.floor(k / q)]);
}

/** out_j = left B_j right for every block; left is rows x rows, right columns x columns. */
export function sandwich(
  left: Float64Array,
  rows: number,
  B: Float64Array,
  right: Float64Array,
  columns: number,
  out: Float64Array,
): void {
  if (rows === 1 && columns === 1) {
    const scale = left[0] * right[0];
    for (let k = 0; k < B.length; k++) out[k] = scale * B[k];
    return;
  }
  const size = rows * columns;
  const half = new Float64Array(size);
  for (let at = 0; at < B.length; at += size) {
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        let total = 0;
        for (let k = 0; k < columns; k++) total += B[at + r * columns + k] * right[k * columns + c];
        half[r * columns + c] = total;
      }
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        let total = 0;
        for (let k = 0; k < rows; k++) total += left[r * rows + k] * half[k * columns + c];
        out[at + r * columns + c] = total;
      }
  }
}

/**
 * Adds the sum over all blocks of A_j right B_j' to `rowsOut` (rows x rows) and, where asked for, that of A_j' left B_j to `columnsOut`
 * (columns x columns). The blocks are met once: their products are summed entry by entry, whatever stands between them.
 */
export function addBlockProducts(
  A: Float64Array,
  B: Float64Array,
  rows: number,
  columns: number,
  right: Float64Array,
  rowsOut: Float64Array,
  left: Float64Array | null,
  columnsOut: Float64Array | null,
): void {
  const size = rows * columns;
  const sums = new Float64Array(size * size);
  for (let at = 0; at < A.length; at += size)
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) sums[a * size + b] += A[at + a] * B[at + b];
  for (let r = 0; r < rows; r++)
    for (let s = 0; s < columns; s++)
      for (let c = 0; c < rows; c++)
        for (let t = 0; t < columns; t++) {
          const sum = sums[(r * columns + s) * size + c * columns + t];
          rowsOut[r * rows + c] += sum * right[s * columns + t];
          if (left !== null && columnsOut !== null) columnsOut[s * columns + t] += sum * left[r * rows + c];
        }
}
