import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../../marginal/likelihoods/plain.js";
import { cholesky, inverseFromCholesky } from "../../math/linalg/cholesky.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { multiply } from "../../math/optimize/definite.js";
import { hessianByDifferences } from "../../math/optimize/hessianByDifferences.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import type { Objective } from "../../math/optimize/Objective.js";
import type { Steps } from "../../math/steps.js";
import { isOfCovariance } from "./Coordinate.js";
import {
  boxHolding,
  type CovarianceSearch,
  lowestOverCovariance,
  settledMinimum,
  withEffort,
} from "./covarianceSearch.js";
import type { Convergence } from "./Estimates.js";
import { FitFailure } from "./FitFailure.js";
import type { ParameterVector } from "./parameterVector.js";

/** The maximum of a marginal likelihood, with what is known of it around. Positions are those of the `ParameterVector`. */
export interface MarginalMaximum {
  readonly position: Float64Array;
  readonly values: LatentValues;
  readonly logLikelihood: number;
  /** n x n: the inverse of the observed information, zero in the rows and columns of `held`; null where that is not definite. */
  readonly covariance: Float64Array | null;
  /** Coordinates that stand at the boundary of the parameter space, and are held there. */
  readonly held: readonly number[];
  /** The first coordinate that the likelihood does not determine; null unless `covariance` is. */
  readonly undetermined: number | null;
  readonly convergence: Convergence;
  /** How the search ended, in words. */
  readonly reason: string;
}

/** What a search goes by besides the likelihood. */
export interface ClimbOptions {
  /** A guess of the information at the start; null to have it measured. */
  readonly information: Float64Array | null;
  /** Coordinates that stay where they are. */
  readonly held: readonly number[];
  /** Measure the information before the maximum is claimed. Default false: `concludeMaximum` does. */
  readonly confirm?: boolean;
  /** Evaluations that searches from other starts may take where the maximum is near the boundary. Default 0. */
  readonly budget?: number;
}

/** Beyond this sqrt(g' H^-1 g) a step by the measured information is worth its evaluation. */
const POLISHED = 1e-6;
/** Below this sqrt(g' H^-1 g) a maximum is one, however the search ended: the log-likelihood has half its square, 5e-7, to gain. */
const NEAR_ENOUGH = 1e-3;
/** A likelihood at the boundary that is no less than this below one beside it is as good. */
const AS_GOOD = 1e-7;

/** Minus the log-likelihood at a position of the vector, with its gradient (NaN where it cannot be computed). */
export function negativeLogLikelihood(marginal: MarginalLikelihood, vector: ParameterVector): Objective {
  const values = marginal.view.values();
  const gradients = marginal.view.values();
  const objective = (position: Float64Array, gradient: Float64Array) => {
    vector.unpack(position, values);
    const value = marginal.evaluate(values, gradients);
    if (!(value > -Infinity && value < Infinity)) {
      gradient.fill(NaN);
      return Infinity;
    }
    vector.adjoint(position, gradients, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
    return -value;
  };
  return Object.assign(objective, { inAdvance: inAdvanceOf(marginal, vector) });
}

function inAdvanceOf(marginal: MarginalLikelihood, vector: ParameterVector): Objective["inAdvance"] {
  if (marginal.inAdvance === undefined) return undefined;
  const values = marginal.view.values();
  return (position) => {
    vector.unpack(position, values);
    return marginal.inAdvance?.(values, { gradients: true }) ?? null;
  };
}

/** Coefficients and dispersion of a fit with all random effects at zero, `plain` its likelihood; every sd as the vector starts it. */
export function* startWithoutEffects(
  view: LatentGaussian,
  vector: ParameterVector,
  plain: MarginalLikelihood = plainMarginal(view),
): Steps<Float64Array> {
  const held = vector.coordinates.flatMap((place, i) => (isOfCovariance(place) ? [i] : []));
  const { position } = yield* climb(plain, vector, vector.start, { information: null, held });
  return position;
}

/** Searches the maximum from a position. Throws FitFailure where there is nothing to start from, or no end. */
export function* climb(
  marginal: MarginalLikelihood,
  vector: ParameterVector,
  start: Float64Array,
  { information, held, confirm = false, budget = 0 }: ClimbOptions,
): Steps<Minimum> {
  const search = covarianceSearch(marginal, vector, start, held);
  const minimum = yield* lowestOverCovariance(search, start, { hessian: information, confirm }, budget);
  if (minimum.outcome === "notFinite")
    throw new FitFailure(
      "the log-likelihood is not finite where the search starts (coefficients of a fit without random effects, sds of one unit); " +
        "look for extreme values in the response, the offset and the covariates, and rescale them",
    );
  if (minimum.outcome === "unbounded")
    throw new FitFailure(
      "the log-likelihood grows without bound, so that it has no maximum; leave terms out of the model, or use an engine with priors",
    );
  return minimum;
}

/** The search for the maximum of a marginal likelihood, some coordinates held where they start. */
function covarianceSearch(
  marginal: MarginalLikelihood,
  vector: ParameterVector,
  start: Float64Array,
  held: readonly number[],
): CovarianceSearch {
  const objective = negativeLogLikelihood(marginal, vector);
  return { objective, coordinates: vector.coordinates, box: boxHolding(vector, start, held) };
}

/**
 * What there is to know of a maximum that was found: whether it stands at the boundary, where it is then put exactly, and the
 * observed information by differences of the gradient. Where that does not confirm the maximum, the search is taken up once more.
 */
export function* concludeMaximum(
  marginal: MarginalLikelihood,
  vector: ParameterVector,
  found: Minimum,
): Steps<MarginalMaximum> {
  const first = yield* informed(marginal, vector, found);
  if (first.covariance !== null && first.convergence.gradientNorm <= NEAR_ENOUGH) return first;
  const again = yield* climb(marginal, vector, first.position, { information: null, held: first.held, confirm: true });
  return yield* informed(marginal, vector, withEffort(again, first.convergence));
}

function* informed(marginal: MarginalLikelihood, vector: ParameterVector, found: Minimum): Steps<MarginalMaximum> {
  const search = covarianceSearch(marginal, vector, found.position, []);
  const { minimum, held } = yield* settledMinimum(search, found, AS_GOOD);
  const objective = negativeLogLikelihood(marginal, vector);
  const free = vector.coordinates.flatMap((_, i) => (held.includes(i) ? [] : [i]));
  const measured = yield* hessianByDifferences(objective, minimum.position, {
    ...boxHolding(vector, minimum.position, held),
    order: 2,
    gradient: minimum.gradient,
    scale: minimum.position.map((_, i) => curvatureScale(minimum, i)),
  });
  const { covariance, undetermined } = invert(measured.hessian, minimum.position.length, free);
  const { position, decrement } = yield* polished(objective, vector, minimum, covariance);
  const gradientNorm = covariance === null ? minimum.decrement : decrement;
  const values = marginal.view.values();
  vector.unpack(position, values);
  const ahead = marginal.inAdvance?.(values, { gradients: false });
  if (ahead) yield* ahead;
  return {
    position,
    values,
    logLikelihood: marginal.evaluate(values, null),
    covariance,
    held,
    undetermined,
    convergence: {
      converged: minimum.converged || gradientNorm <= NEAR_ENOUGH,
      gradientNorm,
      iterations: minimum.iterations,
      evaluations: minimum.evaluations + measured.evaluations,
    },
    reason: minimum.reason,
  };
}

/** The maximum, or where one more step by its measured information leads if that is closer; sqrt(g' H^-1 g) there. */
function* polished(
  objective: Objective,
  { lower, upper }: ParameterVector,
  { position, gradient, value }: Minimum,
  covariance: Float64Array | null,
): Steps<{ readonly position: Float64Array; readonly decrement: number }> {
  if (covariance === null) return { position, decrement: NaN };
  const step = multiply(covariance, gradient);
  const decrement = Math.sqrt(Math.max(0, dot(gradient, step)));
  const moved = position.map((x, i) => x - step[i]);
  if (!(decrement > POLISHED) || moved.some((x, i) => x < lower[i] || x > upper[i])) return { position, decrement };
  const next = gradient.slice();
  const ahead = objective.inAdvance?.(moved);
  if (ahead) yield* ahead;
  if (!(objective(moved, next) <= value)) return { position, decrement };
  return { position: moved, decrement: Math.sqrt(Math.max(0, dot(next, multiply(covariance, next)))) };
}

function curvatureScale({ hessian, position }: Minimum, i: number): number {
  return 1 / Math.sqrt(hessian[i * position.length + i]);
}

/** The inverse over the free coordinates. */
function invert(hessian: Float64Array, n: number, free: readonly number[]) {
  const m = free.length;
  const L = Float64Array.from(free.flatMap((i) => free.map((j) => hessian[i * n + j])));
  const undetermined = firstIndefinite(L, m);
  if (undetermined !== null) return { covariance: null, undetermined: free[undetermined] };
  cholesky(L, m);
  const inverse = new Float64Array(m * m);
  inverseFromCholesky(L, m, inverse);
  const covariance = new Float64Array(n * n);
  free.forEach((i, a) => {
    free.forEach((j, b) => {
      covariance[i * n + j] = inverse[a * m + b];
    });
  });
  return { covariance, undetermined: null };
}

/** The row at which a symmetric matrix stops being positive definite; null where it is. */
function firstIndefinite(matrix: Float64Array, n: number): number | null {
  if (cholesky(matrix.slice(), n)) return null;
  for (let size = 1; size <= n; size++) {
    const leading = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) leading[i * size + j] = matrix[i * n + j];
    if (!cholesky(leading, size)) return size - 1;
  }
  return n - 1;
}
