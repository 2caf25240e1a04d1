import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { matrixProduct, matrixVector } from "../../math/linalg/smallMatrices.js";
import { transposed } from "../factorisations/blockProducts.js";
import type { ConditionalEffects } from "../likelihoods/MarginalLikelihood.js";

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

/** The square roots of the diagonals of covariances, per factor J blocks of q x q. */
export function standardDeviations({ factors }: LatentGaussian, covariances: readonly Float64Array[]): Float64Array[] {
  return factors.map(({ levels, effects: q }, f) => {
    const sds = new Float64Array(levels * q);
    for (let k = 0; k < sds.length; k++) sds[k] = Math.sqrt(Math.max(0, covariances[f][k * q + (k % q)]));
    return sds;
  });
}

/** Conditional effects of the model as it is written, from those of a view in standardised coordinates. */
export function writtenEffects(
  view: LatentGaussian,
  { modes, covariances, means }: ConditionalEffects,
): ConditionalEffects {
  const mapped = (vectors: readonly Float64Array[]) =>
    vectors.map((vector, f) => mappedLevels(view, f, vector, matrixVector));
  const written = covariances.map((blocks, f) =>
    mappedLevels(view, f, blocks, (map, block) => {
      const { effects: q } = view.factors[f];
      return matrixProduct(matrixProduct(map, block, q), transposed(map), q);
    }),
  );
  return {
    modes: mapped(modes),
    sds: standardDeviations(view, written),
    covariances: written,
    means: means && mapped(means),
  };
}

/** Applies the map of a factor to the stretch of each of its levels. */
function mappedLevels(
  { factors }: LatentGaussian,
  f: number,
  values: Float64Array,
  apply: (map: Float64Array, stretch: Float64Array) => Float64Array,
): Float64Array {
  const { toWritten, levels } = factors[f];
  if (toWritten === undefined) return values;
  const length = values.length / levels;
  const mapped = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += length) mapped.set(apply(toWritten, values.subarray(at, at + length)), at);
  return mapped;
}
