import { cubicSpline } from "../math/cubicSpline.js";
import { log } from "../math/special/elementary.js";
import { type AxisShape, shapeOf, splitNormal } from "./axisShape.js";
import { type LineProfile, lineProfile } from "./lineProfile.js";
import { positionAt, type Standardised } from "./standardised.js";

/** How the posterior is spread along one z. */
export interface Spread {
  readonly shape: AxisShape;
  /** Where the z ahead of it put its centre, and by what factor they stretch it. */
  given(z: ArrayLike<number>): Stretch;
}

interface Stretch {
  readonly centre: number;
  readonly logScale: number;
}

/** How much scales may differ from 1, and the longest step towards the top of a parabola. */
const LEAST_SCALE = 0.5;
const MOST_SCALE = 2;
const MOST_STEP = 2;
/** How far from the mode a coefficient's scales are measured, and at which normal scores of a hyperparameter what that does to it. */
const PROBE = 2;
const SCORE = 2;

/** The log density at a z. */
type At = (z: Float64Array) => number;

/**
 * Hyperparameters have the density along a ridge that follows the later ones as they bend. Coefficients have split normals through the log density two
 * units off the mode on either side, moved and stretched as the hyperparameters are.
 */
export function measureSpreads(coordinates: Standardised, logDensity: (position: Float64Array) => number): Spread[] {
  const { directions, hyperparameters: m } = coordinates;
  const n = directions.length;
  const at: At = (z) => logDensity(positionAt(coordinates, z));
  const ridges = Array.from({ length: m }, (_, k) => ridge(at, k, m, n));
  const origin = new Float64Array(n);
  const top = at(origin);
  return directions.map((_, k) => {
    const side = (z: number) => scaleOf(PROBE, top - at(moved(origin, k, z)));
    return {
      shape: k < m ? shapeOf(ridges[k].profile) : splitNormal(side(-PROBE), side(PROBE)),
      given(z) {
        let [centre, logScale] = [0, 0];
        for (let j = 0; j < Math.min(k, m); j++) {
          const stretch = ridges[j].later[k](z[j]);
          centre += stretch.centre;
          logScale += stretch.logScale;
        }
        return { centre, logScale };
      },
    };
  });
}

function moved(z: Float64Array, axis: number, by: number): Float64Array {
  return z.map((value, k) => (k === axis ? value + by : value));
}

/** The scale of a normal whose log density drops by so much over a distance. */
function scaleOf(distance: number, drop: number): number {
  const scale = distance / Math.sqrt(2 * Math.max(drop, 0));
  return Number.isNaN(scale) ? 1 : Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
}

/** The top of a parabola through the log density one unit off on either side, and its scale; none where it cannot be computed. */
function parabola(at: At, z: Float64Array, axis: number, height: number): Stretch {
  const [below, above] = [at(moved(z, axis, -1)), at(moved(z, axis, 1))];
  const drop = height - 0.5 * (below + above);
  const step = drop > 0 ? (above - below) / (4 * drop) : Math.sign(above - below);
  if (!Number.isFinite(step)) return { centre: 0, logScale: 0 };
  return { centre: Math.min(MOST_STEP, Math.max(-MOST_STEP, step)), logScale: log(scaleOf(1, drop)) };
}

/** The posterior along one hyperparameter, what comes after it integrated by Laplace's approximation, and what it does to that. */
interface Ridge {
  readonly profile: LineProfile;
  /** One per z; of those after it functions of this one's. */
  readonly later: readonly ((z: number) => Stretch)[];
}

/** From one place to the next each later hyperparameter is moved to the top of its parabola. */
function ridge(at: At, axis: number, m: number, n: number): Ridge {
  const followed = new Map<number, { readonly z: Float64Array; readonly logScales: Float64Array }>();
  const profile = lineProfile((place) => {
    const z = followed.get(place - Math.sign(place))?.z.slice() ?? new Float64Array(n);
    z[axis] = place;
    const logScales = new Float64Array(n);
    let height = at(z);
    for (let j = axis + 1; j < m && place !== 0; j++) {
      const { centre, logScale } = parabola(at, z, j, height);
      z[j] += centre;
      logScales[j] = logScale;
      height = at(z);
    }
    followed.set(place, { z, logScales });
    return height + logScales.reduce((a, b) => a + b, 0);
  });
  const places = Array.from({ length: profile.last - profile.first + 1 }, (_, k) => profile.first + k);
  const splines = Array.from({ length: m }, (_, j) => {
    const centre = cubicSpline(places.map((place) => followed.get(place)?.z[j] ?? 0));
    const logScale = cubicSpline(places.map((place) => followed.get(place)?.logScales[j] ?? 0));
    return (z: number) => ({ centre: centre(z - profile.first), logScale: logScale(z - profile.first) });
  });
  const onRidge = (place: number) =>
    Float64Array.from({ length: n }, (_, j) => (j === axis ? place : j > axis && j < m ? splines[j](place).centre : 0));
  return withCoefficients(profile, splines, at, onRidge, n);
}

/** What the ends of a ridge do to the coefficients: between them in proportion, beyond them their scales stay. */
function withCoefficients(
  profile: LineProfile,
  later: readonly ((z: number) => Stretch)[],
  at: At,
  onRidge: (place: number) => Float64Array,
  n: number,
): Ridge {
  const shape = shapeOf(profile);
  const ends = [-SCORE, SCORE].map((score) => {
    const { place } = shape.at(score);
    const z = onRidge(place);
    const height = at(z);
    return {
      place,
      stretches: Array.from({ length: n }, (_, k) => (k < later.length ? null : parabola(at, z, k, height))),
    };
  });
  const ofCoefficients = Array.from({ length: n - later.length }, (_, k) => (z: number): Stretch => {
    const { place, stretches } = ends[z < 0 ? 0 : 1];
    const { centre, logScale } = stretches[later.length + k] ?? { centre: 0, logScale: 0 };
    const share = z / place;
    return { centre: share * centre, logScale: Math.min(1, share) * logScale };
  });
  const volume = (z: number) => ofCoefficients.reduce((total, stretch) => total + stretch(z).logScale, 0);
  return {
    profile: { ...profile, at: (z) => profile.at(z) + volume(z) },
    later: [...later, ...ofCoefficients],
  };
}
