import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { quadraticForm } from "../../math/optimize/definite.js";
import type { Steps } from "../../math/steps.js";
import { aghqMarginal, finelyIntegrated } from "../likelihoods/aghq.js";
import { kernelInAdvance } from "../likelihoods/factorMarginal.js";
import { laplaceMarginal } from "../likelihoods/laplace.js";
import type { MarginalLikelihood } from "../likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../likelihoods/plain.js";
import { logDensityAt, logPosterior, marginalPosterior, type PosteriorMode, posteriorMode } from "./posteriorMode.js";

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

/** Points a dimension, one after the other. Fewer than the first may by chance agree with Laplace's approximation. */
const LADDER = [5, 9, 15, 25, 41, 61, 91];
/** So many are needed only where densities are far from normal. */
const FINE = 25;
/**
 * More points may move the mode by so many sds, the log density at it by a constant, and that two sds from it by so much more: sds by half a
 * percent. Roughly, so that it is worth while to go to the mode, is much less.
 */
const STILL = { step: 0.02, constant: 0.05, shape: 0.02 };
const ROUGHLY = { step: 0.5, constant: 1, shape: Number.POSITIVE_INFINITY };
/**
 * Where not even the constant moves by more than this from Laplace's approximation the first quadrature is enough; for a normal response it is
 * not needed.
 */
const EXACT = { ...STILL, constant: 0.01 };
/** And so far from it, in sds. */
const FAR = 0.25;
/** Likelihoods of a row at a node beyond which no points are added: in one evaluation, and in all that an exploration is about to make, half a minute or so. */
const MOST_ROW_NODES = 1e7;
const MOST_OF_ALL = 2e9;

/** The mode under Laplace's approximation; where there are no effects it is exact. */
export function* laplacePosterior(view: LatentGaussian): Steps<IntegratedPosterior> {
  const hasEffects = view.factors.length > 0;
  const marginal = hasEffects ? laplaceMarginal(view) : plainMarginal(view);
  return {
    marginal,
    mode: yield* posteriorMode(marginal),
    points: 1,
    isIntegrated: !hasEffects,
    isSettled: !hasEffects,
  };
}

/**
 * Adaptive quadrature with its points raised from those of Laplace's approximation until neither the log density's shape nor its mode moves;
 * where factors cross, and where more points cannot be had, what there is stays.
 */
export function* integratedPosterior(view: LatentGaussian): Steps<IntegratedPosterior> {
  if (view.structure === "none" || view.structure === "crossed") return yield* laplacePosterior(view);
  const ahead = kernelInAdvance(view, 1);
  if (ahead) yield* ahead;
  const marginal = laplaceMarginal(view);
  const mode = yield* posteriorMode(marginal, { isRough: true });
  const rough = { marginal, mode, points: 1, isIntegrated: false, isSettled: false };
  const found = mode.position.every(Number.isFinite) ? yield* withPoints(rough) : rough;
  const { position: start, precision } = found.mode;
  return { ...found, mode: yield* posteriorMode(found.marginal, { start, precision }) };
}

/** As many points as it takes near their own mode; what still more would add to the log density there is added everywhere. */
function* withPoints(from: IntegratedPosterior): Steps<IntegratedPosterior> {
  const { view } = from.marginal;
  let best = from;
  let before = yield* Heights.of(from);
  for (const points of LADDER) {
    const ahead = rowNodesOf(view, points) > MOST_ROW_NODES ? null : kernelInAdvance(view, points);
    if (ahead) yield* ahead;
    const marginal = quadrature(view, points);
    if (marginal === null) break;
    let after = yield* Heights.of({ marginal, mode: best.mode });
    if ((yield* agree(before, after, ROUGHLY)) && before.distance > FAR) {
      const { position: start, precision } = best.mode;
      best = { ...best, mode: yield* posteriorMode(best.marginal, { start, precision, isRough: true }) };
      before = yield* Heights.of(best);
      after = yield* Heights.of({ marginal, mode: best.mode });
    }
    const next = { ...best, marginal, points, isIntegrated: true };
    if (best.points === 1 && (yield* agree(before, after, EXACT)))
      return { ...(view.isGaussian ? best : next), isIntegrated: true, isSettled: true };
    if (best.points > 1 && (yield* agree(before, after, STILL)))
      return { ...best, marginal: raised(best.marginal, after.height - before.height), isSettled: true };
    best = next;
    before = after;
  }
  return best;
}

function quadrature(view: LatentGaussian, points: number): MarginalLikelihood | null {
  const rowNodes = rowNodesOf(view, points);
  if (rowNodes > MOST_ROW_NODES || rowNodes * evaluationsOf(view) > MOST_OF_ALL) return null;
  try {
    return points < FINE ? aghqMarginal(view, points) : finelyIntegrated(view, points);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function rowNodesOf({ factors, rows }: LatentGaussian, points: number): number {
  return rows * points ** factors.reduce((total, { effects }) => total + effects, 0);
}

/** How many an exploration makes, roughly: along the ridge of each hyperparameter, with the curvatures about it, and at positions to weigh. */
function evaluationsOf({ sizes }: LatentGaussian): number {
  const m = sizes.theta + sizes.dispersion;
  return m * (100 + 7 * (m / 2 + sizes.beta)) + (m > 5 ? 1500 : 200);
}

/** A log posterior density near its mode. */
class Heights {
  readonly height: number;
  readonly gradient: Float64Array;
  readonly mode: PosteriorMode;
  private readonly marginal: MarginalLikelihood;
  private measured: Float64Array | null = null;

  static *of({ marginal, mode }: Pick<IntegratedPosterior, "marginal" | "mode">): Steps<Heights> {
    const gradient = new Float64Array(mode.position.length);
    const objective = marginalPosterior(marginal);
    const ahead = objective.inAdvance?.(mode.position);
    if (ahead) yield* ahead;
    const height = -objective(mode.position, gradient);
    yield;
    return new Heights(marginal, mode, height, gradient);
  }

  private constructor(marginal: MarginalLikelihood, mode: PosteriorMode, height: number, gradient: Float64Array) {
    this.mode = mode;
    this.marginal = marginal;
    this.gradient = gradient;
    this.height = height;
  }

  /** Of the density's own mode, in sds. */
  get distance(): number {
    return Math.sqrt(quadraticForm(this.mode.covariance, this.gradient));
  }

  /** Heights two sds from the mode less that at it; measured when they are first asked for. */
  *around(): Steps<Float64Array> {
    if (this.measured !== null) return this.measured;
    const logDensity = logPosterior(this.marginal);
    const places = probes(this.marginal.view, this.mode);
    const heights = new Float64Array(places.length);
    for (const [k, place] of places.entries()) {
      heights[k] = (yield* logDensityAt(logDensity, place)) - this.height;
    }
    this.measured = heights;
    return heights;
  }
}

/** Whether two densities near one mode differ by no more than is allowed. */
function* agree(one: Heights, other: Heights, { step, constant, shape }: typeof STILL): Steps<boolean> {
  if (!(Math.abs(other.height - one.height) < constant)) return false;
  const pull = other.gradient.map((slope, i) => slope - one.gradient[i]);
  if (!(quadraticForm(one.mode.covariance, pull) < step * step)) return false;
  if (shape === Number.POSITIVE_INFINITY) return true;
  const around = yield* one.around();
  return (yield* other.around()).every((height, k) => Math.abs(height - around[k]) < shape);
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

/** The same likelihood times a constant. */
function raised(marginal: MarginalLikelihood, by: number): MarginalLikelihood {
  if (by === 0) return marginal;
  return {
    view: marginal.view,
    evaluate: (values, gradients, keepsMoments) => marginal.evaluate(values, gradients, keepsMoments) + by,
    inAdvance: marginal.inAdvance?.bind(marginal),
    effects: () => marginal.effects(),
    ...(marginal.standardisedModes === undefined
      ? {}
      : { standardisedModes: marginal.standardisedModes.bind(marginal) }),
    effectMoments: () => {
      if (marginal.effectMoments === undefined) throw new RangeError("quadrature has the effects' moments");
      return marginal.effectMoments();
    },
  };
}
