import { cholesky, inverseFromCholesky } from "../../math/linalg/cholesky.js";
import { nearestDefinite } from "../../math/optimize/definite.js";
import { type DifferenceHessian, hessianByDifferences } from "../../math/optimize/hessianByDifferences.js";
import type { Minimum } from "../../math/optimize/Minimum.js";
import { type MinimizeOptions, minimize } from "../../math/optimize/minimize.js";
import type { Bounds, Objective } from "../../math/optimize/Objective.js";
import type { Steps } from "../../math/steps.js";
import type { MarginalLikelihood } from "../likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../likelihoods/plain.js";

/** Where the marginal posterior of (beta, theta, dispersion) is highest on the unconstrained scale, and its curvature there. */
export interface PosteriorMode {
  /** As `LatentGaussian.read` takes it; length n. */
  readonly position: Float64Array;
  /** Log marginal likelihood + log prior + log Jacobian, constants included. */
  readonly logDensity: number;
  /** Minus the Hessian of the log density, n x n, row-major, positive definite: made so where `isDefinite` is false. */
  readonly precision: Float64Array;
  /** Its inverse. */
  readonly covariance: Float64Array;
  readonly isDefinite: boolean;
  readonly converged: boolean;
  /** sqrt(g' H^-1 g): the gradient in the metric of the precision. */
  readonly gradientNorm: number;
  readonly evaluations: number;
  /** How the search ended, in words. */
  readonly reason: string;
}

export interface PosteriorModeOptions {
  /** Default: the mode with all random effects at zero, sds at the units of their default priors. */
  readonly start: Float64Array;
  /** The precision there, n x n, if it is about known: the search then trusts it. Default: measured. */
  readonly precision: Float64Array | null;
  /** Whether the place will do for another search to start from: within a hundredth of an sd, with the curvature that the search has learnt. Default false. */
  readonly isRough: boolean;
  /** The search keeps within these bounds, and ends after so many iterations. Default: no bounds, and as many as `minimize` takes. */
  readonly limits: Bounds & Pick<MinimizeOptions, "maxIterations">;
}

/** Distance from the mode, in sds, at which a rough search ends. */
const ROUGH = 0.01;

/** Minus the log posterior density with the random effects integrated out, at an unconstrained position, with its exact gradient. */
export function marginalPosterior(marginal: MarginalLikelihood): Objective {
  const { view } = marginal;
  const values = view.values();
  const gradients = view.values();
  const minusLogDensity = (position: Float64Array, gradient: Float64Array) => {
    const { logPrior, logJacobian } = view.read(position, values);
    const value = marginal.evaluate(values, gradients) + logPrior + logJacobian;
    if (!Number.isFinite(value)) {
      gradient.fill(Number.NaN);
      return Number.POSITIVE_INFINITY;
    }
    view.chain(gradients, { prior: true, jacobian: true }, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
    return -value;
  };
  return Object.assign(minusLogDensity, { inAdvance: inAdvanceAt(marginal, { gradients: true }) });
}

/** The evaluation of a likelihood at an unconstrained position in advance; undefined where it never takes long. */
export function inAdvanceAt(
  marginal: MarginalLikelihood,
  wanted: { readonly gradients: boolean; readonly moments?: boolean },
): Objective["inAdvance"] {
  if (marginal.inAdvance === undefined) return undefined;
  const values = marginal.view.values();
  return (position) => {
    marginal.view.read(position, values);
    return marginal.inAdvance?.(values, wanted) ?? null;
  };
}

/** The log density of the posterior with the random effects integrated out, at an unconstrained position; no gradient. */
export interface LogPosterior {
  (position: Float64Array): number;
  /** See `Objective`. */
  readonly inAdvance?: Objective["inAdvance"];
}

/** With a pause after it. */
export function* logDensityAt(logDensity: LogPosterior, position: Float64Array): Steps<number> {
  const ahead = logDensity.inAdvance?.(position);
  if (ahead) yield* ahead;
  const value = logDensity(position);
  yield;
  return value;
}

export function logPosterior(marginal: MarginalLikelihood): LogPosterior {
  const values = marginal.view.values();
  const logDensity = (position: Float64Array) => {
    const { logPrior, logJacobian } = marginal.view.read(position, values);
    return marginal.evaluate(values, null) + logPrior + logJacobian;
  };
  return Object.assign(logDensity, { inAdvance: inAdvanceAt(marginal, { gradients: false }) });
}

/**
 * The mode of the marginal posterior, by BFGS with the exact gradient, and the Hessian there by differences of that gradient. By default the search has
 * no bounds: with sds by their logs and correlations by canonical partial ones, every position has a G of full rank, and the Jacobian
 * of the sds keeps the density away from zero ones, so that there is no boundary to end at by mistake.
 * It never throws: a search that fails says so in `converged` and `reason`, and what it returns is then where it stopped.
 */
export function* posteriorMode(
  marginal: MarginalLikelihood,
  { start, precision = null, isRough = false, limits }: Partial<PosteriorModeOptions> = {},
): Steps<PosteriorMode> {
  const objective = marginalPosterior(marginal);
  const confirm = precision === null;
  const found = yield* minimize(objective, start ?? (yield* startWithoutEffects(marginal)), {
    hessian: precision,
    confirm,
    ...(isRough ? { tolerance: ROUGH } : {}),
    ...limits,
  });
  const known = { hessian: found.hessian, failed: [], evaluations: 0 };
  return withCurvature(found, isRough ? known : yield* measuredAt(objective, found));
}

function* startWithoutEffects(marginal: MarginalLikelihood): Steps<Float64Array> {
  const { view } = marginal;
  const { beta, theta, dispersion } = view.sizes;
  const zeros = new Float64Array(beta + theta + dispersion);
  const held: Bounds = {
    lower: zeros.map((_, i) => (i >= beta && i < beta + theta ? 0 : -Infinity)),
    upper: zeros.map((_, i) => (i >= beta && i < beta + theta ? 0 : Infinity)),
  };
  const found = yield* minimize(marginalPosterior(plainMarginal(view)), zeros, held);
  return found.outcome === "notFinite" ? zeros : found.position;
}

/** By forward differences, whose error of 1e-4 or less is nothing to a covariance. */
function measuredAt(objective: Objective, { position, gradient, hessian: metric }: Minimum): Steps<DifferenceHessian> {
  const n = position.length;
  const scale = position.map((_, i) => 1 / Math.sqrt(metric[i * n + i]));
  return hessianByDifferences(objective, position, { order: 1, gradient, scale });
}

function withCurvature(
  { position, hessian: metric, value, decrement, evaluations, converged, reason }: Minimum,
  measured: DifferenceHessian,
): PosteriorMode {
  const n = position.length;
  const hessian = measured.failed.length === 0 ? measured.hessian : metric;
  const precision = nearestDefinite(hessian, n);
  const covariance = new Float64Array(n * n);
  const L = precision.slice();
  cholesky(L, n);
  inverseFromCholesky(L, n, covariance);
  return {
    position,
    logDensity: -value,
    precision,
    covariance,
    isDefinite: measured.failed.length === 0 && precision === hessian,
    gradientNorm: decrement,
    evaluations: evaluations + measured.evaluations,
    converged,
    reason,
  };
}
