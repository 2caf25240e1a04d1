import type { LatentGaussian, ParameterKind } from "../../density/LatentGaussian.js";
import { quadraticForm } from "../../math/optimize/definite.js";
import { exp, log, tanh } from "../../math/special/elementary.js";
import { isAtBoundary } from "./boundary.js";
import type { MarginalMaximum } from "./fitMarginal.js";
import type { MaximumLikelihood, ParameterEstimate } from "./MaximumLikelihood.js";
import type { ParameterVector } from "./parameters.js";
import { waldEstimate } from "./waldEstimate.js";

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
 * intervals: of an sd or a dispersion on the log scale, of a correlation on Fisher's z. `held` are the coordinates at a boundary:
 * what stands there has no standard error.
 */
export function estimates(
  view: LatentGaussian,
  vector: ParameterVector,
  { position, covariance, held }: Pick<MarginalMaximum, "position" | "covariance" | "held">,
): ParameterEstimate[] {
  const draw = reported(view, vector, position);
  const columns = Array.from(position, (_, i) => (held.includes(i) ? null : slopes(view, vector, position, i)));
  return view.quantities.parameters.map((name, k) => {
    const kind = view.parameterKinds[k];
    const J = Float64Array.from(columns, (column) => column?.[k] ?? 0);
    const variance = covariance === null || isAtBoundary(kind, draw[k]) ? NaN : quadraticForm(covariance, J);
    return estimateOfKind(name, kind, draw[k], variance > 0 ? Math.sqrt(variance) : NaN);
  });
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

/** Estimates of a method that knows nothing of kinds, with the intervals that suit what they are. */
export function withIntervals(view: LatentGaussian, parameters: readonly ParameterEstimate[]): ParameterEstimate[] {
  const kinds = new Map(view.quantities.parameters.map((name, k) => [name, view.parameterKinds[k]]));
  return parameters.map((parameter) => {
    const { name, estimate, standardError } = parameter;
    return { ...parameter, ...estimateOfKind(name, kinds.get(name) ?? "coefficient", estimate, standardError) };
  });
}

/** An estimate with its Wald interval, taken on the scale that suits what the parameter is. */
export function estimateOfKind(
  name: string,
  kind: ParameterKind,
  estimate: number,
  standardError: number,
): ParameterEstimate {
  const wald = waldEstimate(name, estimate, standardError);
  if (kind === "coefficient") return wald;
  const [lower, upper] = [wald.lower, wald.upper].map((end) => bound(kind, estimate, end - estimate));
  return { ...wald, lower, upper };
}

function bound(kind: ParameterKind, estimate: number, by: number): number {
  if (kind !== "correlation") return estimate * exp(by / estimate);
  const fisherZ = 0.5 * (log(1 + estimate) - log(1 - estimate));
  return tanh(fisherZ + by / (1 - estimate * estimate));
}

/** AIC and BIC with n = rows; null without a likelihood. */
export function informationCriteria(
  { logLikelihood, parameterCount }: MaximumLikelihood,
  rows: number,
): { readonly aic: number; readonly bic: number } | null {
  if (logLikelihood === null) return null;
  return { aic: 2 * parameterCount - 2 * logLikelihood, bic: parameterCount * log(rows) - 2 * logLikelihood };
}
