import { log } from "../math/special/elementary.js";
import { normalCdf } from "../math/special/normalDistribution.js";
import { tabulatedDensity } from "../math/tabulatedDensity.js";
import type { LineProfile } from "./lineProfile.js";

/** The place on an axis as an increasing function of a standard normal x, with the log of its slope. */
export type AxisShape = (x: number) => { readonly place: number; readonly logSlope: number };

/** The table of the density: how far its ends lie below its top, how far out they may be, and its points a unit. */
const DEPTH = 14;
const FARTHEST = 60;
const REFINED = 10;
/** The places at x from -REACH to REACH are joined by lines, the last ones prolonged. */
const REACH = 4;
const KNOTS_A_UNIT = 10;

/** The map under which a normal x has the density of a profile: the quantile at x's normal probability. */
export function axisShape(profile: LineProfile): AxisShape {
  const { quantile } = density(profile);
  const knots = Float64Array.from({ length: 2 * REACH * KNOTS_A_UNIT + 1 }, (_, k) =>
    quantile(normalCdf(k / KNOTS_A_UNIT - REACH)),
  );
  return (x) => {
    const at = (x + REACH) * KNOTS_A_UNIT;
    const i = Math.min(knots.length - 2, Math.max(0, Math.floor(at)));
    const rise = knots[i + 1] - knots[i];
    return { place: knots[i] + (at - i) * rise, logSlope: log(rise * KNOTS_A_UNIT) };
  };
}

function density({ first, last, at }: LineProfile) {
  const top = Math.max(...Array.from({ length: last - first + 1 }, (_, k) => at(first + k)));
  const end = (place: number, step: number) => {
    let reached = place;
    while (Math.abs(reached) < FARTHEST && at(reached) > top - DEPTH && at(reached + step) < at(reached)) reached += step;
    return reached;
  };
  const [from, to] = [end(first, -1), end(last, 1)];
  const places = Float64Array.from({ length: (to - from) * REFINED + 1 }, (_, k) => from + k / REFINED);
  return tabulatedDensity(places, places.map(at));
}
