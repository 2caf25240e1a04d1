import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { cholesky } from "../../math/linalg/cholesky.js";

/**
 * The marginal log-likelihood, all constants included, as a function of the parameters as they are reported, by their names. Null
 * where it cannot be computed: at a correlation of 1, or without a value for one of them.
 */
export function likelihoodAt(marginal: MarginalLikelihood): (parameters: ReadonlyMap<string, number>) => number | null {
  const { view } = marginal;
  return (parameters) => {
    const values = valuesOf(view, parameters);
    const logLikelihood = values === null ? Number.NaN : marginal.evaluate(values, null);
    return Number.isFinite(logLikelihood) ? logLikelihood : null;
  };
}

/** What a view's `writeDraw` writes as these parameters; null where there is nothing that it would. */
export function valuesOf(view: LatentGaussian, parameters: ReadonlyMap<string, number>): LatentValues | null {
  const target = Float64Array.from(view.quantities.parameters, (name) => parameters.get(name) ?? Number.NaN);
  if (target.some(Number.isNaN)) return null;
  const values = view.values();
  values.beta.set(target.subarray(0, values.beta.length));
  values.dispersion.set(target.subarray(target.length - values.dispersion.length));
  const known = new Map([...parameters, ...view.heldCovariances]);
  for (let f = 0; f < values.Lambda.length; f++) if (!setLambda(view, f, known, values.Lambda[f])) return null;
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
  parameters: ReadonlyMap<string, number>,
  Lambda: Float64Array,
): boolean {
  const { name, effects: q } = factors[f];
  const coefficients = quantities.randomEffects
    .filter(({ factor }) => factor === name)
    .slice(0, q)
    .map(({ coefficient }) => coefficient);
  for (let r = 0; r < q; r++)
    for (let c = 0; c <= r; c++)
      Lambda[r * q + c] = r === c ? 1 : (parameters.get(`cor[${name}, ${coefficients[c]}, ${coefficients[r]}]`) ?? 0);
  if (!cholesky(Lambda, q)) return false;
  for (let r = 0; r < q; r++) {
    const sd = parameters.get(`sd[${name}, ${coefficients[r]}]`) ?? Number.NaN;
    if (!(sd >= 0)) return false;
    for (let c = 0; c < q; c++) Lambda[r * q + c] = c > r ? 0 : sd * Lambda[r * q + c];
  }
  return true;
}
