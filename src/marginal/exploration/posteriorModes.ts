import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { logDeterminant, lowerCholesky } from "../../math/linalg/cholesky.js";
import { quadraticForm } from "../../math/optimize/definite.js";
import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import type { Steps } from "../../math/steps.js";
import type { MarginalLikelihood } from "../likelihoods/MarginalLikelihood.js";
import { type PosteriorMode, posteriorMode } from "./posteriorMode.js";

/** Steps of the log sds, correlations and dispersions from the first mode to where searches start. */
const STEPS = [-6, -3, 3, 6];
/** Places that searches end at are of one mode where they are nearer than this, in posterior sds of that mode; modes may be narrow beside wide ones. */
const APART = 0.5;
/** A larger gradient, in posterior sds, is not that of a mode. */
const LARGEST_GRADIENT = 0.1;
/** A mode with a smaller share of the mass than exp of this, by Laplace's approximation of each, is left out. */
const LEAST_LOG_MASS = -7;

/**
 * The modes of the marginal posterior that searches from many places find, `first` among them, by the mass that Laplace's approximation gives each, the
 * largest first.
 */
export function* posteriorModes(marginal: MarginalLikelihood, first: PosteriorMode): Steps<PosteriorMode[]> {
  const modes = [first];
  for (const { start, precision } of [...(yield* byPriors(marginal, first)), ...bySteps(marginal, first)]) {
    const { position } = yield* posteriorMode(marginal, { start, precision, isRough: true });
    if (!position.every(Number.isFinite) || !modes.every((mode) => isApart(mode, position))) continue;
    const found = yield* posteriorMode(marginal, { start: position });
    const isMode = found.isDefinite && found.gradientNorm < LARGEST_GRADIENT;
    if (isMode && modes.every((mode) => isApart(mode, found.position) && isApart(found, mode.position)))
      modes.push(found);
  }
  modes.sort((a, b) => logMass(b) - logMass(a));
  return modes.filter((mode) => logMass(mode) - logMass(modes[0]) > LEAST_LOG_MASS);
}

/** Where a search starts, with the precision there if it is about known. */
interface Start {
  readonly start: Float64Array;
  readonly precision: Float64Array | null;
}

/** The first mode with the sds and the like moved, one after the other and all together. */
function bySteps({ view: { sizes } }: MarginalLikelihood, { position }: PosteriorMode): Start[] {
  const others = Array.from(position.keys()).filter((i) => i >= sizes.beta);
  const sets = [...others.map((k) => [k]), ...(others.length > 1 ? [others] : [])];
  return sets.flatMap((moved) =>
    STEPS.map((step) => ({
      start: position.map((x, i) => (moved.includes(i) ? x + step : x)),
      precision: null,
    })),
  );
}

/** The first mode with coefficients where their priors are highest, one after the other and all together, with the priors' curvature added to its own. */
function* byPriors({ view }: MarginalLikelihood, { position, precision }: PosteriorMode): Steps<Start[]> {
  const coefficients = Array.from({ length: view.sizes.beta }, (_, k) => k);
  const held = (bound: number) => position.map((x, i) => (i < view.sizes.beta ? bound : x));
  const prior = yield* minimize(minusLogPrior(view), position, { lower: held(-Infinity), upper: held(Infinity) });
  if (!prior.position.every(Number.isFinite)) return [];
  const curved = precision.map((value, k) => value + prior.hessian[k]);
  const sets = [...coefficients.map((k) => [k]), ...(coefficients.length > 1 ? [coefficients] : [])];
  return sets.map((moved) => ({
    start: position.map((x, i) => (moved.includes(i) ? prior.position[i] : x)),
    precision: curved,
  }));
}

function minusLogPrior(view: LatentGaussian): Objective {
  const values = view.values();
  const none = view.values();
  return (position, gradient) => {
    const { logPrior } = view.read(position, values);
    view.chain(none, { prior: true, jacobian: false }, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
    return -logPrior;
  };
}

function isApart({ position, precision }: PosteriorMode, other: Float64Array): boolean {
  const step = other.map((x, i) => x - position[i]);
  return quadraticForm(precision, step) > APART * APART;
}

/** Up to a constant that all modes have in common. */
function logMass({ logDensity, precision }: PosteriorMode): number {
  const n = Math.round(Math.sqrt(precision.length));
  const L = lowerCholesky(precision, n);
  return L === null ? Number.NEGATIVE_INFINITY : logDensity - 0.5 * logDeterminant(L, n);
}
