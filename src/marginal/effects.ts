import type { EffectsBlocks, LatentGaussian } from "../density/LatentGaussian.js";

/** b <- Lambda u for every level; q x q row-major, lower triangular. */
export function scaleEffects(Lambda: Float64Array, u: Float64Array, b: Float64Array): void {
  const q = Math.round(Math.sqrt(Lambda.length));
  for (let at = 0; at < u.length; at += q)
    for (let r = 0; r < q; r++) {
      let total = 0;
      for (let c = 0; c <= r; c++) total += Lambda[r * q + c] * u[at + c];
      b[at + r] = total;
    }
}

/** r <- Lambda' r for every level, in place. */
export function scaleTransposed(Lambda: Float64Array, r: Float64Array): void {
  const q = Math.round(Math.sqrt(Lambda.length));
  for (let at = 0; at < r.length; at += q)
    for (let c = 0; c < q; c++) {
      let total = 0;
      for (let k = c; k < q; k++) total += Lambda[k * q + c] * r[at + k];
      r[at + c] = total;
    }
}

/** Adds the sum over levels of left right', lower triangle. */
export function addOuter(left: Float64Array, right: Float64Array, q: number, out: Float64Array): void {
  for (let at = 0; at < left.length; at += q)
    for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) out[r * q + c] += left[at + r] * right[at + c];
}

/** The square roots of a covariance's diagonal, one array a factor. */
export function standardDeviations({ factors }: LatentGaussian, covariance: EffectsBlocks): Float64Array[] {
  return factors.map(({ levels, effects: q }, f) =>
    Float64Array.from({ length: levels * q }, (_, k) => Math.sqrt(covariance.factors[f][k * q + (k % q)])),
  );
}
