import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import { effectsVectors } from "../../../marginal/BlockCholesky.js";
import { exp } from "../../../math/special/elementary.js";
import type { ParameterEstimate } from "../MaximumLikelihood.js";
import { waldEstimate } from "../waldEstimate.js";
import type { LinearCriterion } from "./criterion.js";
import type { LinearFit, Precision } from "./precision.js";
import type { RelativeCovariance } from "./relativeCovariance.js";

/** Steps of the delta method's differences, in units of what they change. */
const DIFFERENCE_STEP = 1e-4;
/** A standard error below this is that of a parameter at a boundary, which does not move: a correlation of 1. */
const LEAST_STANDARD_ERROR = 1e-9;

/** The parameters as the model reports them, with standard errors by the delta method and, for coefficients, Satterthwaite's degrees of freedom. */
export function linearEstimates(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  fit: LinearFit,
  precision: Precision,
): ParameterEstimate[] {
  const { view } = criterion.solution.products;
  const { beta } = criterion.solution;
  const report = reporter(view);
  const values = report(beta, fit);
  const rows = coefficientRows(view, fit);
  const errors = covarianceErrors(values, layout, fit, precision, (moved) => report(beta, moved));
  return view.quantities.parameters.map((name, k) => {
    if (k >= rows.length) return waldEstimate(name, values[k], errors[k]);
    const { variance, degreesOfFreedom } = coefficientVariance(criterion, layout, fit, precision, rows[k]);
    return { ...waldEstimate(name, values[k], Math.sqrt(variance)), degreesOfFreedom };
  });
}

/** The reported parameters at (beta, fit). */
function reporter(view: LatentGaussian): (beta: Float64Array, fit: LinearFit) => Float64Array {
  const values = view.values();
  const { parameters, randomEffects } = view.quantities;
  const draw = new Float64Array(parameters.length + randomEffects.length);
  const b = effectsVectors(view);
  return (beta, { Lambda, sigma }) => {
    values.beta.set(beta);
    values.dispersion.fill(sigma);
    values.Lambda.forEach((matrix, f) => {
      matrix.set(Lambda[f].map((entry) => sigma * entry));
    });
    view.place(values);
    view.writeDraw(b, draw);
    return draw.slice(0, parameters.length);
  };
}

/** What each reported coefficient is made of: they are linear in beta. */
function coefficientRows(view: LatentGaussian, fit: LinearFit): Float64Array[] {
  const p = view.sizes.beta;
  const report = reporter(view);
  const columns = Array.from({ length: p }, (_, k) =>
    report(
      Float64Array.from({ length: p }, (__, c) => (c === k ? 1 : 0)),
      fit,
    ),
  );
  return Array.from({ length: p }, (_, row) => Float64Array.from(columns, (column) => column[row]));
}

/** Variance sigma^2 row' S^-1 row, and 2 variance^2 / (its own variance) (Satterthwaite; Kuznetsova et al. 2017). */
function coefficientVariance(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { sigma }: LinearFit,
  { free, hasSigma, covariance }: Precision,
  row: Float64Array,
): { variance: number; degreesOfFreedom: number } {
  const gradients = layout.matrices();
  const slopes = new Float64Array(layout.entries.length);
  const variance = sigma * sigma * quadraticForm(criterion.solution.inverse, row);
  if (covariance === null) return { variance, degreesOfFreedom: NaN };
  criterion.fillVarianceGradient(row, gradients);
  layout.adjoint(gradients, slopes);
  const gradient = free.map((k) => sigma * sigma * slopes[k]);
  if (hasSigma) gradient.push(2 * variance);
  return { variance, degreesOfFreedom: (2 * variance * variance) / quadraticForm(covariance, gradient) };
}

/** Standard errors of all reported parameters but the coefficients: NaN at a boundary. */
function covarianceErrors(
  values: Float64Array,
  layout: RelativeCovariance,
  fit: LinearFit,
  { free, hasSigma, covariance }: Precision,
  report: (fit: LinearFit) => Float64Array,
): Float64Array {
  if (covariance === null) return values.map(() => NaN);
  const between = (up: LinearFit, down: LinearFit, width: number) => {
    const [above, below] = [report(up), report(down)];
    return above.map((value, k) => (value - below[k]) / width);
  };
  const columns = free.map((k) => {
    const step = DIFFERENCE_STEP * rowNorm(layout, fit, k);
    return between(moved(layout, fit, k, step), moved(layout, fit, k, -step), 2 * step);
  });
  const scaled = (by: number) => ({ ...fit, sigma: fit.sigma * exp(by) });
  if (hasSigma) columns.push(between(scaled(DIFFERENCE_STEP), scaled(-DIFFERENCE_STEP), 2 * DIFFERENCE_STEP));
  return values.map((_, k) => {
    const gradient = columns.map((column) => column[k]);
    const error = Math.sqrt(quadraticForm(covariance, gradient));
    return error > LEAST_STANDARD_ERROR * Math.abs(values[k]) ? error : NaN;
  });
}

/** Norm of the row of Lambda that an entry of theta stands in, in its units. */
function rowNorm({ entries }: RelativeCovariance, { Lambda }: LinearFit, k: number): number {
  const { factor, row, unit } = entries[k];
  const q = Math.round(Math.sqrt(Lambda[factor].length));
  const squares = Lambda[factor].subarray(row * q, row * q + q).reduce((total, entry) => total + entry * entry, 0);
  return Math.sqrt(squares) / unit;
}

function moved({ entries }: RelativeCovariance, fit: LinearFit, k: number, step: number): LinearFit {
  const { factor, at, unit } = entries[k];
  const Lambda = fit.Lambda.map((matrix) => matrix.slice());
  Lambda[factor][at] += unit * step;
  return { ...fit, Lambda };
}

function quadraticForm(matrix: Float64Array, x: ArrayLike<number>): number {
  const n = x.length;
  let total = 0;
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) total += x[r] * matrix[r * n + c] * x[c];
  return total;
}
