import { symmetricEigen } from "../../../math/linalg/symmetricEigen.js";
import { addScaled, dot } from "../../../math/linalg/triangularFactor.js";
import { quadraticForm } from "../../../math/optimize/definite.js";
import { fTail } from "../../../math/special/tailProbability.js";
import type { ParameterEstimate, TermHypothesis, TermTest } from "../Estimates.js";
import { hypothesisRows, untested } from "../termTests.js";
import type { LinearCriterion } from "./criterion.js";
import type { LinearFit } from "./largeSampleCovariance.js";
import type { RelativeCovariance } from "./relativeCovariance.js";

interface Variance {
  readonly variance: number;
  /** NaN where the variances have no covariance. */
  readonly degreesOfFreedom: number;
}

/** Of direction' beta, for a direction in the coordinates of the view's beta. */
type VarianceOf = (direction: Float64Array) => Variance;

/** Degrees of freedom whose mean is meant in spite of rounding. */
const ALIKE = 1e-8;
/** An eigenvalue that is this share of the largest is zero. */
const RANK = 1e-12;

/**
 * Variances sigma^2 direction' S^-1 direction with Satterthwaite's degrees of freedom, 2 variance^2 / (its own variance), by the delta
 * method from the large-sample covariance of (theta, log sigma) (Kuznetsova, Brockhoff & Christensen, 2017).
 */
export function satterthwaite(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  { sigma, free }: LinearFit,
  covariance: Float64Array | null,
): VarianceOf {
  const gradients = layout.matrices();
  const slopes = new Float64Array(layout.entries.length);
  return (direction) => {
    const variance = sigma * sigma * quadraticForm(criterion.solution.inverse, direction);
    if (covariance === null) return { variance, degreesOfFreedom: NaN };
    criterion.fillVarianceGradient(direction, gradients);
    layout.adjoint(gradients, slopes);
    const gradient = free.map((k) => sigma * sigma * slopes[k]);
    if (covariance.length > free.length ** 2) gradient.push(2 * variance);
    const own = quadraticForm(covariance, Float64Array.from(gradient));
    return { variance, degreesOfFreedom: (2 * variance * variance) / own };
  };
}

/**
 * The F test of a hypothesis: the mean of the squared t statistics of its principal directions, with the denominator that has the mean
 * of that mean (Fai & Cornelius, 1996). `rows` are the coefficients as they are reported in the view's beta.
 */
export function fTest(
  hypothesis: TermHypothesis,
  estimates: readonly ParameterEstimate[],
  rows: readonly Float64Array[],
  varianceOf: VarianceOf,
): TermTest {
  const { name, parameters, constants } = hypothesis;
  const combinations = hypothesisRows(hypothesis);
  const values = combinations.map((weights, r) =>
    weights.reduce((total, weight, j) => total + weight * estimates[parameters[j]].estimate, constants?.[r] ?? 0),
  );
  const directions = combinations.map((weights) => weightedSum(weights, parameters, rows));
  const squares = principalSquares(values, directions, varianceOf);
  const q = squares.length;
  if (q === 0) return untested(name, "F");
  const statistic = squares.reduce((total, { square }) => total + square, 0) / q;
  const denominator = denominatorOf(squares.map(({ degreesOfFreedom }) => degreesOfFreedom));
  return {
    name,
    test: "F",
    statistic,
    degreesOfFreedom: q,
    denominatorDegreesOfFreedom: denominator,
    pValue: fTail(statistic, q, denominator),
  };
}

function weightedSum(
  weights: Float64Array,
  parameters: readonly number[],
  rows: readonly Float64Array[],
): Float64Array {
  const sum = new Float64Array(rows.length);
  weights.forEach((weight, j) => {
    addScaled(sum, weight, rows[parameters[j]]);
  });
  return sum;
}

/** Squared t statistics along the eigenvectors of the covariance of the combinations, with their degrees of freedom. */
function principalSquares(values: readonly number[], directions: readonly Float64Array[], varianceOf: VarianceOf) {
  const m = directions.length;
  // The variance of a sum less that of a difference is four times the covariance.
  const covariance = (a: Float64Array, b: Float64Array) => {
    const [sum, difference] = [1, -1].map((sign) => a.map((x, i) => x + sign * b[i]));
    return (varianceOf(sum).variance - varianceOf(difference).variance) / 4;
  };
  const matrix = Float64Array.from(directions.flatMap((a) => directions.map((b) => covariance(a, b))));
  const { values: sizes, vectors } = symmetricEigen(matrix, m);
  const largest = Math.max(...sizes);
  return vectors.flatMap((vector, k) => {
    if (!(sizes[k] > RANK * largest)) return [];
    const direction = new Float64Array(directions[0].length);
    vector.forEach((share, i) => {
      addScaled(direction, share, directions[i]);
    });
    const { variance, degreesOfFreedom } = varianceOf(direction);
    return [{ square: dot(vector, Float64Array.from(values)) ** 2 / variance, degreesOfFreedom }];
  });
}

/** The degrees of freedom at which F has the mean of the mean of q squared t variables of these; that has none where one is 2 or less. */
function denominatorOf(degrees: readonly number[]): number {
  if (degrees.some(Number.isNaN)) return NaN;
  const [least, most] = [Math.min(...degrees), Math.max(...degrees)];
  if (!(most - least >= ALIKE)) return degrees.reduce((sum, nu) => sum + nu, 0) / degrees.length;
  if (least <= 2) return 2;
  const mean = degrees.reduce((sum, nu) => sum + (nu === Infinity ? 1 : nu / (nu - 2)), 0);
  return (2 * mean) / (mean - degrees.length);
}
