import { cholesky, inverseFromCholesky } from "../../../math/linalg/cholesky.js";
import { hessianByDifferences } from "../../../math/optimize/hessianByDifferences.js";
import type { LinearCriterion } from "./criterion.js";
import type { RelativeCovariance } from "./relativeCovariance.js";

/** A fit: relative Lambda and sigma, for which the criterion has been evaluated last. */
export interface LinearFit {
  readonly Lambda: readonly Float64Array[];
  readonly sigma: number;
}

/** Large-sample covariance of the free entries of theta and, last where it is estimated, of log sigma. */
export interface Precision {
  /** Positions among the entries of theta; those at a boundary are held. */
  readonly free: readonly number[];
  readonly hasSigma: boolean;
  /** (free + sigma)^2; null where the information is not positive definite. */
  readonly covariance: Float64Array | null;
}

/** The inverse of the observed information of the criterion, by differences of its gradient. */
export function precisionAt(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  fit: LinearFit,
  hasSigma: boolean,
): Precision {
  const free = freeEntries(layout, fit.Lambda);
  const size = free.length + (hasSigma ? 1 : 0);
  const information = new Float64Array(size * size);
  const curvature = thetaCurvature(criterion, layout, fit, free);
  free.forEach((_, a) => {
    for (let b = 0; b < free.length; b++) information[a * size + b] = curvature[a * free.length + b];
  });
  if (hasSigma) fillSigma(criterion, layout, fit, free, information);
  if (!cholesky(information, size)) return { free, hasSigma, covariance: null };
  const covariance = new Float64Array(size * size);
  inverseFromCholesky(information, size, covariance);
  return { free, hasSigma, covariance };
}

/** Entries of columns with a positive diagonal, in rows that have a variance. */
function freeEntries({ entries }: RelativeCovariance, Lambda: readonly Float64Array[]): number[] {
  return entries.flatMap(({ factor, row, column }, k) => {
    const matrix = Lambda[factor];
    const q = Math.round(Math.sqrt(matrix.length));
    const hasVariance = matrix.subarray(row * q, row * q + q).some((entry) => entry !== 0);
    return hasVariance && matrix[column * (q + 1)] > 0 ? [k] : [];
  });
}

function thetaCurvature(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  fit: LinearFit,
  free: readonly number[],
): Float64Array {
  const [Lambda, gradients] = [layout.matrices(), layout.matrices()];
  const theta = new Float64Array(layout.entries.length);
  const slopes = new Float64Array(layout.entries.length);
  layout.pack(fit.Lambda, theta);
  const at = Float64Array.from(free, (k) => theta[k]);
  const { hessian } = hessianByDifferences(
    (position, gradient) => {
      free.forEach((k, a) => {
        theta[k] = position[a];
      });
      layout.unpack(theta, Lambda);
      const { value } = criterion.evaluate(Lambda, gradients, fit.sigma);
      layout.adjoint(gradients, slopes);
      free.forEach((k, a) => {
        gradient[a] = value < Infinity ? slopes[k] : NaN;
      });
    },
    at,
    { order: 2 },
  );
  criterion.evaluate(fit.Lambda, null, fit.sigma);
  return hessian;
}

function fillSigma(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { sigma }: LinearFit,
  free: readonly number[],
  information: Float64Array,
): void {
  const size = free.length + 1;
  const gradients = layout.matrices();
  const row = new Float64Array(layout.entries.length);
  criterion.fillSigmaRow(sigma, gradients);
  layout.adjoint(gradients, row);
  free.forEach((k, a) => {
    information[a * size + size - 1] = row[k];
    information[(size - 1) * size + a] = row[k];
  });
  information[size * size - 1] = criterion.sigmaCurvature(sigma);
}
