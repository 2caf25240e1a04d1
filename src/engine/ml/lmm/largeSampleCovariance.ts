import { cholesky, inverseFromCholesky } from "../../../math/linalg/cholesky.js";
import { hessianByDifferences } from "../../../math/optimize/hessianByDifferences.js";
import type { Steps } from "../../../math/steps.js";
import type { LinearCriterion } from "./criterion.js";
import type { RelativeCovariance } from "./relativeCovariance.js";

/** Where the criterion is least; it has been evaluated there last. */
export interface LinearFit {
  /** Relative. */
  readonly Lambda: readonly Float64Array[];
  readonly sigma: number;
  /** Of the criterion. */
  readonly value: number;
  /** Positions among the entries of theta, without those held at a boundary. */
  readonly free: readonly number[];
  /** Per entry of theta, 1 / sqrt(second derivative) of the value as the search knows it. */
  readonly scale: Float64Array;
}

/** A pivot of the information below this share of its diagonal may be the error of the differences, which is 1e-6 of it. */
const FLAT = 1e-5;

/**
 * The inverse of the observed information of the criterion in the free entries of theta and, last where the model estimates it,
 * log sigma: their large-sample covariance, m x m. Null where the information is not positive definite
 * beyond the error of the differences.
 */
export function* largeSampleCovariance(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  fit: LinearFit,
): Steps<Float64Array | null> {
  const hasSigma = criterion.solution.products.heldSigma === null;
  const curvature = yield* thetaCurvature(criterion, layout, fit);
  const n = fit.free.length;
  const size = n + (hasSigma ? 1 : 0);
  const information = new Float64Array(size * size);
  for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) information[a * size + b] = curvature[a * n + b];
  if (hasSigma) fillSigma(criterion, layout, fit, information);
  const diagonal = Float64Array.from({ length: size }, (_, k) => information[k * (size + 1)]);
  if (!cholesky(information, size)) return null;
  if (diagonal.some((entry, k) => information[k * (size + 1)] ** 2 < FLAT * entry)) return null;
  const covariance = new Float64Array(size * size);
  inverseFromCholesky(information, size, covariance);
  return covariance;
}

/** The Hessian in the free entries at fixed sigma, by differences of the gradient. */
function* thetaCurvature(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { Lambda, sigma, free, scale }: LinearFit,
): Steps<Float64Array> {
  const [matrices, gradients] = [layout.matrices(), layout.matrices()];
  const [theta, slopes] = [0, 1].map(() => new Float64Array(layout.entries.length));
  layout.pack(Lambda, theta);
  const gradientAt = (position: Float64Array, gradient: Float64Array) => {
    free.forEach((k, a) => {
      theta[k] = position[a];
    });
    layout.unpack(theta, matrices);
    const { value } = criterion.evaluate(matrices, gradients, sigma);
    layout.adjoint(gradients, slopes);
    free.forEach((k, a) => {
      gradient[a] = value < Infinity ? slopes[k] : NaN;
    });
  };
  const at = Float64Array.from(free, (k) => theta[k]);
  const { hessian } = yield* hessianByDifferences(gradientAt, at, { order: 2, scale: free.map((k) => scale[k]) });
  criterion.evaluate(Lambda, null, sigma);
  return hessian;
}

function fillSigma(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { sigma, free }: LinearFit,
  information: Float64Array,
): void {
  const n = free.length;
  const gradients = layout.matrices();
  const row = new Float64Array(layout.entries.length);
  criterion.fillSigmaRow(sigma, gradients);
  layout.adjoint(gradients, row);
  free.forEach((k, a) => {
    information[a * (n + 1) + n] = row[k];
    information[n * (n + 1) + a] = row[k];
  });
  information[n * (n + 1) + n] = criterion.sigmaCurvature(sigma);
}
