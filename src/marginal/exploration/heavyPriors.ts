import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { log } from "../../math/special/elementary.js";
import type { PosteriorMode } from "./posteriorMode.js";

/** Distances from the mode, in posterior sds, between which the power of a prior's tail is taken. */
const FAR = 1e4;
const FURTHER = 1e8;
/** A density that falls as this power of the distance, or less steeply, is heavy: a Cauchy's is 2, that of a Student t with 2 degrees of freedom 3. */
const STEEPEST = 3.1;
/** The power of a flat prior is 0; one below this is taken for it. */
const FLAT = 0.1;

/** One that falls less steeply than this has a tail that is a power at all; that of a normal prior runs to infinity. */
const STEEPEST_OF_POWERS = 30;

/**
 * Whether some coefficient's prior has tails as heavy as Cauchy's. Where a likelihood of few groups gives way to it, as it does for large sds, the posterior
 * of the coefficient is far from normal though it is nearly that at the mode.
 */
export function hasHeavyPriors(view: LatentGaussian, mode: PosteriorMode): boolean {
  return tailPowers(view, mode).some((power) => power > FLAT && power < STEEPEST);
}

/** Whether some coefficient's prior does not end its tails as fast as a normal or an exponential does, a flat one among them. */
export function hasPowerTails(view: LatentGaussian, mode: PosteriorMode): boolean {
  return tailPowers(view, mode).some((power) => power < STEEPEST_OF_POWERS);
}

/** By which the prior density falls at either side of each coefficient. */
function tailPowers(view: LatentGaussian, { position, covariance }: PosteriorMode): number[] {
  const n = position.length;
  const values = view.values();
  const logPriorAt = (k: number, distance: number) => {
    const sd = Math.sqrt(covariance[k * (n + 1)]);
    const moved = position.map((x, i) => (i === k ? x + distance * sd : x));
    return view.read(moved, values).logPrior;
  };
  const power = (k: number, sign: number) =>
    (logPriorAt(k, sign * FAR) - logPriorAt(k, sign * FURTHER)) / log(FURTHER / FAR);
  return Array.from({ length: view.sizes.beta }, (_, k) => [power(k, -1), power(k, 1)]).flat();
}
