import { latticePoints } from "../../math/quadrature/latticePoints.js";
import { exp, log } from "../../math/special/elementary.js";
import { normalQuantile } from "../../math/special/normalDistribution.js";
import { pausing, type Steps } from "../../math/steps.js";
import { type LineProfile, lineProfile } from "./lineProfile.js";
import type { Spread } from "./spreads.js";
import { bent, logStretch, type Standardised, straightened } from "./standardised.js";

/** Places of the hyperparameters ahead of one over which its density is averaged, and by how much they are spread wider, for its tails. */
const PLACES = 64;
const WIDER = 1.4;

/**
 * The log density of t under the spreads, where a hyperparameter's coordinate is at its mode and s(t) of its sds, s that of its z: the density of the
 * z given those ahead of it, averaged over these. Takes no likelihood.
 */
export function* spreadMarginal(
  { order, directions, bends }: Standardised,
  spreads: readonly Spread[],
  axis: number,
): Steps<LineProfile> {
  const { profile, given } = spreads[axis];
  if (profile === undefined) throw new RangeError("only hyperparameters have a profile");
  if (axis === 0) return profile;
  const along = directions.map((direction) => direction[order[axis]] / directions[axis][order[axis]]);
  const sd = Math.hypot(...along);
  // Far from where the spreads were measured their centres and scales, prolonged one by another, may run out of numbers.
  const ahead = placesAhead(spreads, axis).flatMap(({ z, logWeight }) => {
    const { centre, logScale } = given(z);
    const moved = z.reduce((total, value, k) => total + bent(bends[k], value) * along[k], 0);
    const one = { moved, centre, scale: exp(logScale), logShare: logWeight - logScale };
    return Object.values(one).every(Number.isFinite) && one.scale > 0 ? [one] : [];
  });
  if (ahead.length === 0) return profile;
  const bend = bends[axis];
  const logDensityAt = pausing((t: number) => {
    const place = bent(bend, t) * sd;
    const logs = ahead.map(({ moved, centre, scale, logShare }) => {
      const own = straightened(bend, place - moved);
      return logShare + profile.at((own - centre) / scale) - logStretch(bend, own);
    });
    const largest = Math.max(...logs);
    return largest + log(logs.reduce((total, value) => total + exp(value - largest), 0)) + logStretch(bend, t);
  });
  return yield* lineProfile(logDensityAt);
}

interface WeightedPlace {
  readonly z: Float64Array;
  readonly logWeight: number;
}

/** Of the z ahead of an axis, with weights against their spreads. */
function placesAhead(spreads: readonly Spread[], axis: number): WeightedPlace[] {
  const lattice = latticePoints(PLACES, axis);
  return Array.from({ length: PLACES }, (_, i) => {
    const z = new Float64Array(axis);
    let logWeight = 0;
    for (let k = 0; k < axis; k++) {
      const score = WIDER * normalQuantile(lattice[i * axis + k] + 0.5 / PLACES);
      const { centre, logScale } = spreads[k].given(z);
      z[k] = centre + spreads[k].shape.at(score).place * exp(logScale);
      logWeight -= 0.5 * score * score * (1 - 1 / (WIDER * WIDER));
    }
    return { z, logWeight };
  });
}
