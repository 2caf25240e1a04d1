import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import type { TermHypothesis, TermTest } from "../Estimates.js";
import { estimates, inferred, type ParameterEstimates, transformed } from "../inference.js";
import type { ParameterVector } from "../parameterVector.js";
import type { LinearCriterion } from "./criterion.js";
import type { LinearFit } from "./largeSampleCovariance.js";
import type { RelativeCovariance } from "./relativeCovariance.js";
import { fTest, satterthwaite } from "./satterthwaite.js";

/** The parameters as the model reports them, and tests; `covariance` is that of `largeSampleCovariance`. */
export function linearEstimates(
  criterion: LinearCriterion,
  vector: ParameterVector,
  layout: RelativeCovariance,
  fit: LinearFit,
  covariance: Float64Array | null,
  hypotheses: readonly TermHypothesis[],
): ParameterEstimates & { readonly terms: readonly TermTest[] } {
  const { view } = criterion.solution.products;
  const position = positionOf(criterion, vector, fit);
  const spread = covariance && vectorCovariance(view, vector, layout, fit, position, covariance);
  const others = estimates(view, vector, { position, covariance: spread, held: heldCoordinates(layout, fit) });
  const rows = coefficientRows(view);
  const variance = satterthwaite(criterion, layout, fit, covariance);
  const coefficients = rows.map((row, k) => {
    const { variance: square, degreesOfFreedom } = variance(row);
    const { name, estimate } = others.parameters[k];
    return inferred("coefficient", { name, estimate, standardError: Math.sqrt(square), degreesOfFreedom });
  });
  return {
    parameters: [...coefficients, ...others.parameters.slice(rows.length)],
    covariance: withCoefficients(criterion, fit, others, rows),
    terms: hypotheses.map((hypothesis) => fTest(hypothesis, others.parameters, rows, variance)),
  };
}

/** The covariance of all parameters with that of the coefficients, sigma^2 row' S^-1 row, in its place. */
function withCoefficients(
  { solution }: LinearCriterion,
  { sigma }: LinearFit,
  { parameters, covariance }: ParameterEstimates,
  rows: readonly Float64Array[],
): Float64Array {
  const [k, p] = [parameters.length, rows.length];
  const whole = covariance?.slice() ?? new Float64Array(k * k).fill(NaN);
  const coefficients = transformed(solution.inverse, rows);
  for (let r = 0; r < p; r++) for (let c = 0; c < p; c++) whole[r * k + c] = sigma * sigma * coefficients[r * p + c];
  return whole;
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
  return transformed(
    covariance,
    Array.from({ length: n }, (_, i) => J.subarray(i * m, (i + 1) * m)),
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
