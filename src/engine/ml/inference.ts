import type { LatentGaussian, ParameterKind } from "../../density/LatentGaussian.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { multiply } from "../../math/optimize/definite.js";
import { exp, inverseLogit, log, logit, tanh } from "../../math/special/elementary.js";
import { studentTwoSided, studentTwoSidedQuantile } from "../../math/special/tailProbability.js";
import { isAtBoundary } from "./boundary.js";
import type { Estimates, ParameterEstimate } from "./Estimates.js";
import type { MarginalMaximum } from "./fitMarginal.js";
import { defaultMlOptions } from "./options.js";
import type { ParameterVector } from "./parameterVector.js";

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

/** Estimates, and the covariance matrix of all of them, k x k, NaN in the rows and columns of those without a standard error. */
export type ParameterEstimates = Pick<Estimates, "parameters" | "covariance">;

/**
 * Estimates with standard errors by the delta method from the covariance of a position (null where there is none). `held` are the
 * coordinates at a boundary: what stands there has no standard error.
 */
export function estimates(
  view: LatentGaussian,
  vector: ParameterVector,
  { position, covariance, held }: Pick<MarginalMaximum, "position" | "covariance" | "held">,
): ParameterEstimates {
  const draw = reported(view, vector, position);
  const columns = Array.from(position, (_, i) => (held.includes(i) ? null : slopes(view, vector, position, i)));
  const rows = Array.from(draw, (value, k) =>
    isAtBoundary(view.parameterKinds[k], value) ? null : Float64Array.from(columns, (column) => column?.[k] ?? 0),
  );
  return estimatesWith(view, draw, covariance === null ? null : transformed(covariance, rows));
}

/** Estimates as they are reported and their covariance. */
export function estimatesWith(
  { quantities, parameterKinds }: LatentGaussian,
  draw: Float64Array,
  covariance: Float64Array | null,
): ParameterEstimates {
  const k = draw.length;
  const parameters = quantities.parameters.map((name, i) => {
    const variance = covariance?.[i * k + i] ?? NaN;
    const standardError = variance > 0 ? Math.sqrt(variance) : NaN;
    return inferred(parameterKinds[i], { name, estimate: draw[i], standardError });
  });
  return { parameters, covariance };
}

/** J C J' for the rows of J; NaN where a row is null. */
export function transformed(covariance: Float64Array, rows: readonly (Float64Array | null)[]): Float64Array {
  return Float64Array.from(
    rows.flatMap((row) => {
      const image = row && multiply(covariance, row);
      return rows.map((other) => (image === null || other === null ? NaN : dot(other, image)));
    }),
  );
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

/**
 * An estimate with Wald's interval, of an sd or a dispersion on the log scale, of a probability on that of log odds, of a correlation on Fisher's z; and the test of a coefficient: both by
 * Student's t where it has degrees of freedom, else by the normal distribution.
 */
export function inferred(
  kind: ParameterKind,
  parameter: Pick<ParameterEstimate, "name" | "estimate" | "standardError" | "degreesOfFreedom">,
  level: number = defaultMlOptions.level,
): ParameterEstimate {
  const { estimate, standardError, degreesOfFreedom = Infinity } = parameter;
  const half = studentTwoSidedQuantile(1 - level, degreesOfFreedom) * standardError;
  if (kind !== "coefficient") {
    const [lower, upper] = [-half, half].map((by) => bound(kind, estimate, by));
    return { ...parameter, lower, upper };
  }
  const statistic = estimate / standardError;
  const pValue = studentTwoSided(statistic, degreesOfFreedom);
  return { ...parameter, lower: estimate - half, upper: estimate + half, statistic, pValue };
}

/** A fit with Wald's intervals of another level than the default. */
export function atLevel({ quantities, parameterKinds }: LatentGaussian, result: Estimates, level: number): Estimates {
  if (level === defaultMlOptions.level) return result;
  const kindOf = (name: string) => parameterKinds[quantities.parameters.indexOf(name)];
  return { ...result, parameters: result.parameters.map((row) => inferred(kindOf(row.name), row, level)) };
}

function bound(kind: ParameterKind, estimate: number, by: number): number {
  if (kind === "shape") return estimate + by;
  if (kind === "probability") return inverseLogit(logit(estimate) + by / (estimate * (1 - estimate)));
  if (kind !== "correlation") return estimate * exp(by / estimate);
  const fisherZ = 0.5 * (log(1 + estimate) - log(1 - estimate));
  return tanh(fisherZ + by / (1 - estimate * estimate));
}

/** AIC and BIC with n = rows; null without a likelihood, or where it is not maximised by itself. */
export function informationCriteria(
  { logLikelihood, logPrior, parameterCount }: Estimates,
  rows: number,
): { readonly aic: number; readonly bic: number } | null {
  if (logLikelihood === null || logPrior !== null) return null;
  return { aic: 2 * parameterCount - 2 * logLikelihood, bic: parameterCount * log(rows) - 2 * logLikelihood };
}
