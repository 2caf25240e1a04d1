import { cubicSpline } from "../math/cubicSpline.js";
import { dot } from "../math/linalg/triangularFactor.js";
import { minimize } from "../math/optimize/minimize.js";
import type { Objective } from "../math/optimize/Objective.js";
import { log } from "../math/special/elementary.js";
import { type AxisShape, shapeOf, splitNormal } from "./axisShape.js";
import { type LineProfile, lineProfile } from "./lineProfile.js";
import type { MarginalLikelihood } from "./MarginalLikelihood.js";
import { logPosterior, marginalPosterior } from "./posteriorMode.js";
import { positionAt, type Standardised } from "./standardised.js";

/** How the posterior is spread along one z. */
export interface Spread {
  readonly shape: AxisShape;
  /** Where the z ahead of it put its centre, and by what factor they stretch it. */
  given(z: ArrayLike<number>): { readonly centre: number; readonly logScale: number };
  /** Of a hyperparameter, along its axis. */
  readonly ridge?: Ridge;
}

/** How much scales may differ from 1, and how near a ridge is followed, in units of z. */
const LEAST_SCALE = 0.5;
const MOST_SCALE = 2;
const NEAR = 0.1;
/** How far from the mode a coefficient's scales are measured, and at which normal scores of a hyperparameter what that does to it. */
const PROBE = 2;
const SCORE = 2;

/** The log posterior density at an unconstrained position: alone, and negative with its gradient. */
export interface Surface {
  logDensity(position: Float64Array): number;
  readonly descent: Objective;
}

export function surfaceOf(marginal: MarginalLikelihood): Surface {
  return { logDensity: logPosterior(marginal), descent: marginalPosterior(marginal) };
}

/** The log density at a z. */
type At = (z: Float64Array) => number;

/**
 * Hyperparameters have the density along a ridge on which all that comes after them is at its conditional mode. Coefficients have split normals
 * through the log density two units off the mode on either side, moved and stretched as the hyperparameters are.
 */
export function measureSpreads(coordinates: Standardised, surface: Surface): Spread[] {
  const { directions, hyperparameters: m } = coordinates;
  const n = directions.length;
  const at = heightIn(coordinates, surface);
  const ridges = Array.from({ length: m }, (_, k) => ridge(coordinates, surface, k));
  const origin = new Float64Array(n);
  const top = at(origin);
  return directions.map((_, k) => {
    const side = (z: number) => scaleOf(PROBE, top - at(moved(origin, k, z)));
    return {
      shape: k < m ? shapeOf(ridges[k].profile) : splitNormal(side(-PROBE), side(PROBE)),
      given(z) {
        let [centre, logScale] = [0, 0];
        for (let j = 0; j < Math.min(k, m); j++) {
          centre += ridges[j].centres[k](z[j]);
          logScale += ridges[j].logScales[k](z[j]);
        }
        return { centre, logScale };
      },
      ...(k < m ? { ridge: ridges[k] } : {}),
    };
  });
}

function heightIn(coordinates: Standardised, { logDensity }: Surface): At {
  return (z) => logDensity(positionAt(coordinates, z));
}

function moved(z: Float64Array, axis: number, by: number): Float64Array {
  return z.map((value, k) => (k === axis ? value + by : value));
}

/** The scale of a normal whose log density drops by so much over a distance. */
function scaleOf(distance: number, drop: number): number {
  const scale = distance / Math.sqrt(2 * Math.max(drop, 0));
  return Number.isNaN(scale) ? 1 : Math.min(MOST_SCALE, Math.max(LEAST_SCALE, scale));
}

/** The log of the scale along an axis, from the log density one unit off on either side. */
function logScaleAt(at: At, z: Float64Array, axis: number, height: number): number {
  return log(scaleOf(1, height - 0.5 * (at(moved(z, axis, -1)) + at(moved(z, axis, 1)))));
}

/** The posterior along one hyperparameter, what comes after it integrated by Laplace's approximation. */
export interface Ridge {
  readonly profile: LineProfile;
  /** One per z, as functions of this one's place: where they are, those before it at 0 and those after it at their conditional modes. */
  readonly centres: readonly ((place: number) => number)[];
  /** And the logs of their scales. */
  readonly logScales: readonly ((place: number) => number)[];
}

export function ridge(coordinates: Standardised, surface: Surface, axis: number): Ridge {
  const { directions, hyperparameters: m } = coordinates;
  const n = directions.length;
  const at = heightIn(coordinates, surface);
  const follow = follower(coordinates, surface, axis);
  const ofLater = (scaleAlong: (k: number) => number) =>
    Array.from({ length: m }, (_, k) => (k > axis ? scaleAlong(k) : 0));
  const followed = new Map<number, { readonly z: Float64Array; readonly logScales: readonly number[] }>();
  const along = lineProfile((place) => {
    const { z, height } = follow(followed.get(place - Math.sign(place))?.z ?? new Float64Array(n), place);
    const logScales = ofLater((k) => (place === 0 ? 0 : logScaleAt(at, z, k, height)));
    followed.set(place, { z, logScales });
    return logScales.reduce((total, by) => total + by, height);
  });
  const splined = (valueAt: (place: number) => number | undefined) => {
    const places = Array.from({ length: along.last - along.first + 1 }, (_, k) => along.first + k);
    const spline = cubicSpline(places.map((place) => valueAt(place) ?? 0));
    return (place: number) => spline(place - along.first);
  };
  const centres = directions.map((_, k) =>
    k === axis ? (place: number) => place : splined((place) => followed.get(place)?.z[k]),
  );
  const logScales = [
    ...Array.from({ length: m }, (_, k) => splined((place) => followed.get(place)?.logScales[k])),
    ...coefficientScales(at, m, centres, shapeOf(along)),
  ];
  const volume = (place: number) => logScales.slice(m).reduce((total, logScale) => total + logScale(place), 0);
  return { profile: { ...along, at: (place) => along.at(place) + volume(place) }, centres, logScales };
}

/** To the conditional mode of all z after an axis, from one near it, and the log density there. */
function follower(
  coordinates: Standardised,
  { descent, logDensity }: Surface,
  axis: number,
): (from: Float64Array, place: number) => { readonly z: Float64Array; readonly height: number } {
  const { directions } = coordinates;
  const n = directions.length;
  const first = axis + 1;
  const ofPosition = new Float64Array(n);
  return (from, place) => {
    const z = from.slice();
    z[axis] = place;
    if (place === 0 || first === n) return { z, height: logDensity(positionAt(coordinates, z)) };
    const ofLater: Objective = (later, gradient) => {
      z.set(later, first);
      const value = descent(positionAt(coordinates, z), ofPosition);
      for (let k = first; k < n; k++) gradient[k - first] = dot(directions[k], ofPosition);
      return value;
    };
    const scale = new Float64Array(n - first).fill(1);
    const found = minimize(ofLater, z.slice(first), { scale, confirm: false, tolerance: NEAR });
    z.set(found.position, first);
    return { z, height: -found.value };
  };
}

/** Scales of the coefficients, which come after m hyperparameters: measured at the ends of a ridge, in proportion between them, the same beyond them. */
function coefficientScales(
  at: At,
  m: number,
  centres: Ridge["centres"],
  shape: AxisShape,
): ((place: number) => number)[] {
  const ends = [-SCORE, SCORE].map((score) => {
    const { place } = shape.at(score);
    const z = Float64Array.from(centres, (centre) => centre(place));
    const height = at(z);
    return { place, logScales: centres.slice(m).map((_, k) => logScaleAt(at, z, m + k, height)) };
  });
  return centres.slice(m).map((_, k) => (z: number) => {
    const { place, logScales } = ends[z < 0 ? 0 : 1];
    return Math.min(1, z / place) * logScales[k];
  });
}
