import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import { dot } from "../../../math/linalg/triangularFactor.js";
import { multiply, quadraticForm } from "../../../math/optimize/definite.js";
import { estimates } from "../inference.js";
import type { ParameterEstimate } from "../MaximumLikelihood.js";
import type { ParameterVector } from "../parameters.js";
import { waldEstimate } from "../waldEstimate.js";
import type { LinearCriterion } from "./criterion.js";
import type { LinearFit } from "./precision.js";
import type { RelativeCovariance } from "./relativeCovariance.js";

/** The parameters as the model reports them; `covariance` is that of `largeSampleCovariance`. */
export function linearEstimates(
  criterion: LinearCriterion,
  vector: ParameterVector,
  layout: RelativeCovariance,
  fit: LinearFit,
  covariance: Float64Array | null,
): ParameterEstimate[] {
  const { view } = criterion.solution.products;
  const position = positionOf(criterion, vector, fit);
  const spread = covariance && vectorCovariance(view, vector, layout, fit, position, covariance);
  const rows = coefficientRows(view);
  const reported = estimates(view, vector, { position, covariance: spread, held: heldCoordinates(layout, fit) });
  return reported.map((parameter, k) =>
    k < rows.length ? coefficientEstimate(parameter, criterion, layout, fit, covariance, rows[k]) : parameter,
  );
}

/** A fit as a position of the parameter vector. */
export function positionOf({ solution }: LinearCriterion, vector: ParameterVector, fit: LinearFit): Float64Array {
  const values = solution.products.view.values();
  values.beta.set(solution.beta);
  values.dispersion.fill(fit.sigma);
  values.Lambda.forEach((matrix, f) => {
    matrix.set(fit.Lambda[f].map((entry) => fit.sigma * entry));
  });
  const position = new Float64Array(vector.coordinates.length);
  vector.pack(values, position);
  return position;
}

/** Coordinates of the parameter vector that stand at a boundary. */
export function heldCoordinates({ entries }: RelativeCovariance, { free }: LinearFit): number[] {
  return entries.flatMap(({ coordinate }, k) => (free.includes(k) ? [] : [coordinate]));
}

/** From (theta, log sigma) to the coordinates of the parameter vector; zero in those of beta, which are treated apart. */
function vectorCovariance(
  view: LatentGaussian,
  vector: ParameterVector,
  { entries }: RelativeCovariance,
  { Lambda, sigma, free }: LinearFit,
  position: Float64Array,
  covariance: Float64Array,
): Float64Array {
  const units = coordinateUnits(view, vector, position);
  const n = position.length;
  const m = Math.round(Math.sqrt(covariance.length));
  const hasSigma = m > free.length;
  const J = new Float64Array(n * m);
  entries.forEach(({ coordinate, factor, at, unit }, k) => {
    if (free.includes(k)) J[coordinate * m + free.indexOf(k)] = (sigma * unit) / units[coordinate];
    if (hasSigma) J[coordinate * m + m - 1] = (sigma * Lambda[factor][at]) / units[coordinate];
  });
  if (hasSigma) J[n * m - 1] = sigma / units[n - 1];
  const rows = Array.from({ length: n }, (_, i) => J.subarray(i * m, (i + 1) * m));
  return Float64Array.from(
    rows.flatMap((row) => {
      const image = multiply(covariance, row);
      return rows.map((other) => dot(other, image));
    }),
  );
}

/** d value / d coordinate at a position, for each coordinate and the value that it sets. */
function coordinateUnits(view: LatentGaussian, vector: ParameterVector, position: Float64Array): Float64Array {
  const ones = view.values();
  for (const part of [ones.beta, ones.dispersion, ...ones.Lambda]) part.fill(1);
  const units = new Float64Array(position.length);
  vector.adjoint(position, ones, units);
  return units;
}

/** What each reported coefficient is made of: they are linear in beta. */
function coefficientRows(view: LatentGaussian): Float64Array[] {
  const values = view.values();
  const draw = new Float64Array(view.quantities.parameters.length);
  const columns = values.beta.map((_, k) => k);
  const images = Array.from(columns, (k) => {
    values.beta.fill(0);
    values.beta[k] = 1;
    view.place(values);
    view.writeDraw([], draw);
    return draw.slice(0, columns.length);
  });
  return Array.from(columns, (k) => Float64Array.from(images, (image) => image[k]));
}

/** Standard error from sigma^2 row' S^-1 row; degrees of freedom 2 variance^2 / (its own variance) (Kuznetsova et al. 2017). */
function coefficientEstimate(
  { name, estimate }: ParameterEstimate,
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { sigma, free }: LinearFit,
  covariance: Float64Array | null,
  row: Float64Array,
): ParameterEstimate {
  const variance = sigma * sigma * quadraticForm(criterion.solution.inverse, row);
  const wald = waldEstimate(name, estimate, Math.sqrt(variance));
  if (covariance === null) return { ...wald, degreesOfFreedom: NaN };
  const gradients = layout.matrices();
  const slopes = new Float64Array(layout.entries.length);
  criterion.fillVarianceGradient(row, gradients);
  layout.adjoint(gradients, slopes);
  const gradient = free.map((k) => sigma * sigma * slopes[k]);
  if (covariance.length > free.length ** 2) gradient.push(2 * variance);
  const own = quadraticForm(covariance, Float64Array.from(gradient));
  return { ...wald, degreesOfFreedom: (2 * variance * variance) / own };
}
