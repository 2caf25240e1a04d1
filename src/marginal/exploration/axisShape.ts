import { log } from "../../math/special/elementary.js";
import { normalCdf } from "../../math/special/normalDistribution.js";
import { densityAt, quantileAt, tabulatedDensity } from "../../math/tabulatedDensity.js";
import { extent, type LineProfile } from "./lineProfile.js";

/** Places on an axis as an increasing function of a standard normal x whose negative half has a share of its own in the mass. */
export interface AxisShape {
  /** The probability of a negative x. */
  readonly share: number;
  at(x: number): { readonly place: number; readonly logSlope: number };
}

/** Of a standard normal x, the mean of |x|; that of |x|^3 is twice as much. */
const MEAN_SIZE = Math.sqrt(2 / Math.PI);

/** Half a normal on either side of 0, each with its own scale. */
export function splitNormal(below: number, above: number): AxisShape {
  const middle = 0.5 * (below + above);
  const [logBelow, logMiddle, logAbove] = [below, middle, above].map(log);
  return {
    share: below / (below + above),
    at(x) {
      if (x < 0) return { place: below * x, logSlope: logBelow };
      return x > 0 ? { place: above * x, logSlope: logAbove } : { place: 0, logSlope: logMiddle };
    },
  };
}

/** The mean, and the second and third moment about it. */
export interface ThreeMoments {
  readonly mean: number;
  readonly variance: number;
  readonly third: number;
}

/** Of a split normal, as the shape that it is. */
export function momentsOfSplitNormal({ share, at }: AxisShape): ThreeMoments {
  const [below, above] = [at(-1).place, at(1).place];
  const mean = MEAN_SIZE * (share * below + (1 - share) * above);
  const second = share * below ** 2 + (1 - share) * above ** 2;
  const third = 2 * MEAN_SIZE * (share * below ** 3 + (1 - share) * above ** 3);
  return { mean, variance: second - mean ** 2, third: third - 3 * mean * second + 2 * mean ** 3 };
}

/** Points a unit of the table of a profile's density. */
const REFINED = 10;
/** The places at x from -REACH to REACH are joined by lines, the last ones prolonged. */
const REACH = 4;
const KNOTS_A_UNIT = 10;

/** Under which a normal x has the density of a profile: the quantile at x's normal probability. */
export function shapeOf(profile: LineProfile): AxisShape {
  const density = densityOf(profile).knots;
  const knots = Float64Array.from({ length: 2 * REACH * KNOTS_A_UNIT + 1 }, (_, k) =>
    quantileAt(density, normalCdf(k / KNOTS_A_UNIT - REACH)),
  );
  const rises = knots.subarray(1).map((knot, i) => knot - knots[i]);
  const logSlopes = rises.map((rise) => log(rise * KNOTS_A_UNIT));
  return {
    share: 0.5,
    at(x) {
      const along = (x + REACH) * KNOTS_A_UNIT;
      const i = Math.min(rises.length - 1, Math.max(0, Math.floor(along)));
      return { place: knots[i] + (along - i) * rises[i], logSlope: logSlopes[i] };
    },
  };
}

function densityOf(profile: LineProfile) {
  const { places, logDensities } = tableOf(profile);
  return tabulatedDensity(places, logDensities);
}

function tableOf(profile: LineProfile): { readonly places: Float64Array; readonly logDensities: Float64Array } {
  const { from, to } = extent(profile);
  const places = Float64Array.from({ length: (to - from) * REFINED + 1 }, (_, k) => from + k / REFINED);
  return { places, logDensities: places.map(profile.at) };
}

/** Of the distribution whose log density a profile is. */
export function momentsOfProfile(profile: LineProfile): {
  readonly mean: number;
  readonly sd: number;
  readonly skewness: number;
} {
  const { places, logDensities } = tableOf(profile);
  const { mean, sd, knots } = tabulatedDensity(places, logDensities);
  const third = places.reduce((total, place) => total + (place - mean) ** 3 * densityAt(knots, place), 0) / REFINED;
  return { mean, sd, skewness: third / sd ** 3 };
}
