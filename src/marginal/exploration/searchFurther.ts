import { cholesky } from "../../math/linalg/cholesky.js";
import { exp, log, log1p } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import type { MarginalLikelihood } from "../likelihoods/MarginalLikelihood.js";
import type { IntegratedPosterior } from "./integratedPosterior.js";
import { logDensityAt, logPosterior, type PosteriorMode, posteriorMode } from "./posteriorMode.js";

/** The mode with the most mass, and another beside it. */
export interface Modes {
  readonly main: PosteriorMode;
  /** Null where none was found. */
  readonly other: { readonly mode: PosteriorMode; readonly share: number } | null;
}

/** Units of an unconstrained hyperparameter, mostly the log of an sd, from the mode on either side where another mode is looked for. */
const FARTHEST = 12;
/** Nearer to the mode than so many of its sds is the mode itself. */
const NEAR = 3;
/** How much lower than at the mode a prior may be where the likelihood is looked at, and the posterior where a search starts. */
const LOWER_PRIOR = 2;
const LOWER_POSTERIOR = 9;
/** How much higher than on the way from the mode a place must be. */
const RISE = 0.3;
/** How much more sharply than the prior alone a posterior falls that owes its mode to the prior. */
const LIKE_THE_PRIOR = 1.5;

/**
 * Looks along each hyperparameter for another mode, as the spike that an inverse gamma prior puts near zero beside the likelihood's bump: at places where the
 * prior is higher than at the mode, or nearly so, and, where the mode is the prior's own, at all above it. Shares of the mass are by
 * Laplace's approximation at both modes. It costs a few values of the likelihood, and a search where one of them is high enough.
 */
export function* searchFurther({ marginal, mode }: Pick<IntegratedPosterior, "marginal" | "mode">): Steps<Modes> {
  const { beta } = marginal.view.sizes;
  const n = mode.position.length;
  let best: Modes = { main: mode, other: null };
  for (let j = beta; j < n; j++) {
    const start = yield* highestAlong(marginal, mode, j);
    if (start === null) continue;
    const found = yield* posteriorMode(marginal, { start });
    const distance = Math.abs(found.position[j] - mode.position[j]);
    const isAnother = found.converged && distance > NEAR * Math.sqrt(mode.covariance[j * (n + 1)]);
    if (isAnother && (best.other === null || logMass(found) > logMass(best.other.mode))) best = shared(mode, found);
  }
  return best;
}

function shared(one: PosteriorMode, two: PosteriorMode): Modes {
  const [main, mode] = logMass(one) >= logMass(two) ? [one, two] : [two, one];
  return { main, other: { mode, share: exp(-log1p(exp(logMass(main) - logMass(mode)))) } };
}

/** Of the normal density that a mode's height and curvature make, without constants. */
function logMass({ logDensity, covariance, position }: PosteriorMode): number {
  const n = position.length;
  const L = covariance.slice();
  cholesky(L, n);
  return position.reduce((total, _, i) => total + log(L[i * (n + 1)]), logDensity);
}

/** Where the posterior is highest, far from the mode along one coordinate, the others at the mode; null where it is nowhere high enough. */
function* highestAlong(marginal: MarginalLikelihood, mode: PosteriorMode, j: number): Steps<Float64Array | null> {
  const { view } = marginal;
  const n = mode.position.length;
  const values = view.values();
  const logPrior = (place: Float64Array) => {
    const { logPrior, logJacobian } = view.read(place, values);
    return logPrior + logJacobian;
  };
  const moved = (by: number) => mode.position.map((x, i) => (i === j ? x + by : x));
  const sd = Math.sqrt(mode.covariance[j * (n + 1)]);
  const top = logPrior(mode.position);
  const ofPrior = (2 * top - logPrior(moved(sd)) - logPrior(moved(-sd))) / (sd * sd);
  const isOfPrior = ofPrior > 0 && 1 / (sd * sd) < LIKE_THE_PRIOR * ofPrior;
  const logDensity = logPosterior(marginal);
  let [best, highest]: [Float64Array | null, number] = [null, mode.logDensity - LOWER_POSTERIOR];
  for (const side of [-1, 1]) {
    let lowest = mode.logDensity;
    for (let by = 1; by <= FARTHEST; by++) {
      const place = moved(side * by);
      if (by <= NEAR * sd || !(logPrior(place) > top - LOWER_PRIOR || (isOfPrior && side > 0))) continue;
      const height = yield* logDensityAt(logDensity, place);
      if (height > highest && height > lowest + RISE) [best, highest] = [place, height];
      lowest = Math.min(lowest, height);
    }
  }
  return best;
}
