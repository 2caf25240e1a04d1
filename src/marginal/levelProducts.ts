/** Products of the small matrices of one level, at places in longer arrays; row-major. */

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
