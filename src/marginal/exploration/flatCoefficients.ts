import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { mapSteps, pausing, type Steps } from "../../math/steps.js";
import type { PosteriorMode } from "./posteriorMode.js";
import type { Surface } from "./Surface.js";
import { standardised } from "./standardised.js";

/** Distance from the mode at which flatness is judged, in conditional sds, and the drop of the log density there (a normal's is 8). */
const DISTANCE = 4;
const FLAT_DROP = 5.5;
/** The most coefficients that are treated as flat; each costs a ridge. */
const MOST_FLAT = 4;

/**
 * Coefficients along which the posterior is much flatter on one side than its curvature at the mode says: those of separated data, whose likelihood
 * does not fall off, under any prior. Places in beta, the flattest first, each given those before it and the hyperparameters.
 */
export function* flatCoefficients(view: LatentGaussian, mode: PosteriorMode, surface: Surface): Steps<number[]> {
  const flat: number[] = [];
  while (flat.length < Math.min(MOST_FLAT, view.sizes.beta)) {
    const found = yield* flattest(view, mode, surface, flat);
    if (!(found.drop < FLAT_DROP)) break;
    flat.push(found.coefficient);
  }
  return flat;
}

function* flattest(view: LatentGaussian, mode: PosteriorMode, { logDensity }: Surface, held: readonly number[]) {
  const { order, directions, hyperparameters: m } = standardised(view, mode, held);
  const free = directions.slice(m);
  const top = logDensity(mode.position);
  const candidate = pausing((coefficient: number) => {
    const along = mode.position.map((_, j) => free.reduce((total, one) => total + one[coefficient] * one[j], 0));
    const sd = Math.sqrt(along[coefficient]);
    const drops = [-DISTANCE, DISTANCE].map(
      (by) => top - logDensity(mode.position.map((x, j) => x + (by * along[j]) / sd)),
    );
    return { coefficient, drop: Math.min(...drops) };
  });
  const candidates = yield* mapSteps(order.slice(m), candidate);
  return candidates.reduce((least, one) => (one.drop < least.drop ? one : least));
}
