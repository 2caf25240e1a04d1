import type { LatentGaussian, ParameterKind } from "../../density/LatentGaussian.js";
import { exp, log, tanh } from "../../math/special/elementary.js";
import { normalQuantile } from "../../math/special/normalDistribution.js";
import type { MaximumLikelihood, ParameterEstimate } from "./MaximumLikelihood.js";
import type { ParameterVector } from "./parameters.js";

/** Of every Wald interval. */
export const CONFIDENCE = 0.95;
/** Of a central difference, in units of the coordinate. */
const DIFFERENCE_STEP = 1e-5;

/** The parameters as they are reported (raw intercept, sds, correlations) at a position of the vector. */
export function reported(view: LatentGaussian, vector: ParameterVector, position: Float64Array): Float64Array {
  const values = view.values();
  vector.unpack(position, values);
  view.place(values);
  const draw = new Float64Array(view.quantities.parameters.length);
  view.writeDraw([], draw);
  return draw;
}

/**
 * Estimates with standard errors by the delta method from the covariance of a position (null where there is none), and Wald
 * intervals: of an sd or a dispersion on the log scale, of a correlation on Fisher's z. `held` stand at a boundary: what depends
 * on them alone has no standard error.
 */
export function estimates(
  view: LatentGaussian,
  vector: ParameterVector,
  position: Float64Array,
  covariance: Float64Array | null,
  held: readonly number[],
): ParameterEstimate[] {
  const draw = reported(view, vector, position);
  const errors = covariance === null ? draw.map(() => NaN) : deltaMethod(view, vector, position, covariance, held);
  return view.quantities.parameters.map((name, k) =>
    waldEstimate(name, view.parameterKinds[k], draw[k], errors[k]),
  );
}

/** sqrt of the diagonal of J C J'; NaN where the row of J is zero. */
function deltaMethod(
  view: LatentGaussian,
  vector: ParameterVector,
  position: Float64Array,
  covariance: Float64Array,
  held: readonly number[],
): Float64Array {
  const n = position.length;
  const columns = Array.from(position, (_, i) => (held.includes(i) ? null : slopes(view, vector, position, i)));
  return Float64Array.from(view.quantities.parameters, (_, k) => {
    let variance = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        variance += (columns[i]?.[k] ?? 0) * covariance[i * n + j] * (columns[j]?.[k] ?? 0);
    return variance > 0 && isInside(view.parameterKinds[k], reportedAt(view, vector, position, k)) ? Math.sqrt(variance) : NaN;
  });
}

function reportedAt(view: LatentGaussian, vector: ParameterVector, position: Float64Array, k: number): number {
  return reported(view, vector, position)[k];
}

function isInside(kind: ParameterKind, estimate: number): boolean {
  return kind === "correlation" ? Math.abs(estimate) < 1 : kind === "coefficient" || estimate > 0;
}

/** Derivatives of all reported parameters in one coordinate. */
function slopes(view: LatentGaussian, vector: ParameterVector, position: Float64Array, i: number): Float64Array {
  const step = DIFFERENCE_STEP * Math.max(Math.abs(position[i]), 1);
  const at = (by: number) => {
    const moved = position.slice();
    moved[i] += by;
    return reported(view, vector, moved);
  };
  const [above, below] = [at(step), at(-step)];
  return above.map((value, k) => (value - below[k]) / (2 * step));
}

/** A Wald interval on the scale that suits what the parameter is. */
export function waldEstimate(
  name: string,
  kind: ParameterKind,
  estimate: number,
  standardError: number,
): ParameterEstimate {
  const reach = normalQuantile(0.5 + CONFIDENCE / 2) * standardError;
  const [lower, upper] = [-reach, reach].map((by) => bound(kind, estimate, by));
  return { name, estimate, standardError, lower, upper };
}

function bound(kind: ParameterKind, estimate: number, by: number): number {
  if (kind === "coefficient") return estimate + by;
  if (kind === "correlation") return tanh(fisherZ(estimate) + by / (1 - estimate * estimate));
  return estimate * exp(by / estimate);
}

function fisherZ(r: number): number {
  return 0.5 * (log(1 + r) - log(1 - r));
}

/** AIC and BIC with n = rows; null without a likelihood. */
export function informationCriteria(
  { logLikelihood, parameterCount }: MaximumLikelihood,
  rows: number,
): { readonly aic: number; readonly bic: number } | null {
  if (logLikelihood === null) return null;
  return { aic: 2 * parameterCount - 2 * logLikelihood, bic: parameterCount * log(rows) - 2 * logLikelihood };
}
