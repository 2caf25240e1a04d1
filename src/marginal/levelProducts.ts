/** Products of the small matrices of one level, at places in longer arrays; row-major. */

/** out = left' B right, B with entry (r, c) at `at` + r rowStride + c columnStride; out is rows x columns from `to` on. */
export function curvature(
  B: Float64Array,
  at: number,
  rowStride: number,
  columnStride: number,
  rows: number,
  columns: number,
  left: Float64Array,
  right: Float64Array,
  out: Float64Array,
  to: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      let total = 0;
      for (let a = r; a < rows; a++)
        for (let b = c; b < columns; b++)
          total += left[a * rows + r] * B[at + a * rowStride + b * columnStride] * right[b * columns + c];
      out[to + r * columns + c] = total;
    }
}

/** out = Lambda x, Lambda lower triangular. */
export function multiplyLower(
  Lambda: Float64Array,
  q: number,
  x: Float64Array,
  at: number,
  out: Float64Array,
  to: number,
): void {
  for (let r = 0; r < q; r++) {
    let total = 0;
    for (let c = 0; c <= r; c++) total += Lambda[r * q + c] * x[at + c];
    out[to + r] = total;
  }
}

/** out = Lambda' x */
export function multiplyLowerTransposed(
  Lambda: Float64Array,
  q: number,
  x: Float64Array,
  at: number,
  out: Float64Array,
): void {
  for (let c = 0; c < q; c++) {
    let total = 0;
    for (let r = c; r < q; r++) total += Lambda[r * q + c] * x[at + r];
    out[c] = total;
  }
}
