import type { LatentGaussian } from "../density/LatentGaussian.js";
import { minimize } from "../math/optimize/minimize.js";
import { aghqMarginal } from "./aghq.js";
import { laplaceMarginal } from "./laplace.js";
import type { MarginalLikelihood } from "./MarginalLikelihood.js";
import { plainMarginal } from "./plain.js";
import { marginalPosterior, type PosteriorMode, posteriorMode } from "./posteriorMode.js";

/** A posterior of (beta, theta, dispersion) with the random effects integrated out as well as the structure allows, at its mode. */
export interface IntegratedPosterior {
  readonly marginal: MarginalLikelihood;
  readonly mode: PosteriorMode;
  /** Quadrature points a dimension; 1 is Laplace's approximation. */
  readonly points: number;
  /** Whether the effects are integrated by quadrature, or there are none; false where Laplace's approximation had to do. */
  readonly isIntegrated: boolean;
  /** Whether more points would change nothing that matters. */
  readonly isSettled: boolean;
}

/** Points a dimension, one after the other. */
const LADDER = [3, 5, 9, 15, 25, 41, 61, 91];
/** More points may move the log density by as much, at the mode and two posterior sds from it, and the mode by so many sds. */
const STILL = 0.01;
const STILL_STEP = 0.02;
/** Likelihoods of a row in one evaluation beyond which no points are added. */
const MOST_ROW_NODES = 1e7;

/** The mode under Laplace's approximation; where there are no effects it is exact. */
export function laplacePosterior(view: LatentGaussian): IntegratedPosterior {
  const hasEffects = view.factors.length > 0;
  const marginal = hasEffects ? laplaceMarginal(view) : plainMarginal(view);
  return { marginal, mode: posteriorMode(marginal), points: 1, isIntegrated: !hasEffects, isSettled: !hasEffects };
}

/**
 * Adaptive quadrature with its points raised from those of Laplace's approximation until neither the log density nor its mode moves; where
 * factors cross, and where more points cannot be had, what there is stays.
 */
export function integratedPosterior(view: LatentGaussian): IntegratedPosterior {
  let best = laplacePosterior(view);
  if (best.isSettled || !best.mode.position.every(Number.isFinite)) return best;
  for (const points of LADDER) {
    const marginal = quadrature(view, points);
    if (marginal === null) break;
    if (isStill(best, marginal)) {
      best = { ...best, isIntegrated: true, isSettled: true };
      break;
    }
    best = { marginal, mode: moved(best.mode, marginal), points, isIntegrated: true, isSettled: false };
  }
  const { marginal, mode, points } = best;
  return points === 1
    ? best
    : { ...best, mode: posteriorMode(marginal, { start: mode.position, precision: mode.precision }) };
}

/** The mode under another likelihood, its curvature left as it was. */
function moved(mode: PosteriorMode, marginal: MarginalLikelihood): PosteriorMode {
  const found = minimize(marginalPosterior(marginal), mode.position, { hessian: mode.precision, confirm: false });
  return { ...mode, position: found.position, logDensity: -found.value };
}

function quadrature(view: LatentGaussian, points: number): MarginalLikelihood | null {
  const dimensions = view.factors.reduce((total, { effects }) => total + effects, 0);
  if (view.rows * points ** dimensions > MOST_ROW_NODES) return null;
  try {
    return aghqMarginal(view, points);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether another likelihood gives what `settled` gives, at its mode and along every hyperparameter. */
function isStill({ marginal, mode }: IntegratedPosterior, other: MarginalLikelihood): boolean {
  const before = marginalPosterior(marginal);
  const after = marginalPosterior(other);
  const n = mode.position.length;
  const gradient = new Float64Array(n);
  if (!(Math.abs(after(mode.position, gradient) + mode.logDensity) < STILL)) return false;
  if (!(metricNorm(mode.covariance, gradient) < STILL_STEP)) return false;
  return probes(marginal.view, mode).every(
    (probe) => Math.abs(after(probe, gradient) - before(probe, gradient)) < STILL,
  );
}

/** sqrt(g' C g) */
function metricNorm(covariance: Float64Array, gradient: Float64Array): number {
  const n = gradient.length;
  let total = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) total += gradient[i] * covariance[i * n + j] * gradient[j];
  return Math.sqrt(total);
}

/** Two posterior sds up and down every hyperparameter, the others at their conditional means. */
function probes({ sizes }: LatentGaussian, { position, covariance }: PosteriorMode): Float64Array[] {
  const n = position.length;
  const hyperparameters = Array.from({ length: sizes.theta + sizes.dispersion }, (_, k) => sizes.beta + k);
  return hyperparameters.flatMap((j) =>
    [-2, 2].map((sds) => {
      const sd = Math.sqrt(covariance[j * n + j]);
      return position.map((x, i) => x + (sds * covariance[i * n + j]) / sd);
    }),
  );
}
