import { cholesky } from "../math/linalg/cholesky.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import type { LatentValues } from "./LatentValues.js";

/**
 * What a view's `writeDraw` writes as these parameters, by the names that are reported; null where there is nothing that it would, as at a correlation of 1. A `ridge` on the diagonals of
 * correlation matrices lets these be singular.
 */
export function valuesAtParameters(
  view: LatentGaussian,
  parameters: ReadonlyMap<string, number>,
  ridge = 0,
): LatentValues | null {
  const target = Float64Array.from(view.quantities.parameters, (name) => parameters.get(name) ?? Number.NaN);
  if (target.some(Number.isNaN)) return null;
  const values = view.values();
  values.beta.set(target.subarray(0, values.beta.length));
  values.dispersion.set(target.subarray(target.length - values.dispersion.length));
  const known = new Map([...parameters, ...view.heldCovariances]);
  for (let f = 0; f < values.Lambda.length; f++)
    if (!setLambda(view, f, { parameters: known, ridge }, values.Lambda[f])) return null;
  const draw = new Float64Array(target.length);
  // Only an intercept depends on more than its own value, for it may be that at the means of the covariates.
  view.place(values);
  view.writeDraw([], draw);
  for (let k = 0; k < values.beta.length; k++) values.beta[k] += target[k] - draw[k];
  const first = target.length - values.dispersion.length;
  for (let k = 0; k < values.dispersion.length; k++) values.dispersion[k] += target[first + k] - draw[first + k];
  return values;
}

/** Lambda = diag(sds) L with L L' the correlations; false where they are not those of a distribution. */
function setLambda(
  { factors, quantities }: LatentGaussian,
  f: number,
  { parameters, ridge }: { readonly parameters: ReadonlyMap<string, number>; readonly ridge: number },
  Lambda: Float64Array,
): boolean {
  const { name, effects: q } = factors[f];
  const coefficients = quantities.randomEffects
    .filter(({ factor }) => factor === name)
    .slice(0, q)
    .map(({ coefficient }) => coefficient);
  for (let r = 0; r < q; r++)
    for (let c = 0; c <= r; c++)
      Lambda[r * q + c] =
        r === c ? 1 + ridge : (parameters.get(`cor[${name}, ${coefficients[c]}, ${coefficients[r]}]`) ?? 0);
  if (!cholesky(Lambda, q)) return false;
  for (let r = 0; r < q; r++) {
    const sd = parameters.get(`sd[${name}, ${coefficients[r]}]`) ?? Number.NaN;
    if (!(sd >= 0)) return false;
    for (let c = 0; c < q; c++) Lambda[r * q + c] = c > r ? 0 : sd * Lambda[r * q + c];
  }
  return true;
}
