import { cubicSpline } from "../../math/cubicSpline.js";
import { hermiteSpline, type Sloped } from "../../math/hermiteSpline.js";
import type { Steps } from "../../math/steps.js";

/** A log density along a line, in units of about one posterior sd, 0 being near its top. */
export interface LineProfile {
  /** The first and the last place where it was taken. */
  readonly first: number;
  readonly last: number;
  /** The spline through them all, linear beyond them: the tail of a log sd is exponential where the sd's density at zero is not zero. */
  at(place: number): number;
}

/** How far below its top a line is left, without slopes and with them, which tell how it goes on, and after how many units at the latest. */
const DEEPEST = 8;
const DEEPEST_WITH_SLOPE = 6;
const LONGEST = 12;
/**
 * Units between places where slopes are known as well, the first that leaves each side a place that is not too deep, and with which two ways of going from place to place
 * agree: ahead of a cliff a spline makes summits of its own.
 */
export const STRIDES = [2, 1, 0.5, 0.25, 0.125];
/** How far a quintic and a cubic between two places may differ half-way. */
const DOUBT = 0.2;

/**
 * Values at whole units: at 0, then down and then up from there, one after the other, until they have fallen far enough or cannot be computed.
 * A standard normal's where there are none but that at 0.
 */
export function* lineProfile(logDensityAt: (place: number) => Steps<number>): Steps<LineProfile> {
  const top = yield* logDensityAt(0);
  function* at(place: number): Steps<{ readonly value: number }> {
    return { value: yield* logDensityAt(place) };
  }
  const below = (yield* outwards(at, -1, top - DEEPEST)).map(({ value }) => value);
  const above = (yield* outwards(at, 1, top - DEEPEST)).map(({ value }) => value);
  const [first, last] = [-below.length, above.length];
  if (first === last) return { first: -1, last: 1, at: (place) => top - 0.5 * place * place };
  const spline = cubicSpline([...below.reverse(), top, ...above]);
  return { first, last, at: (place) => spline(place - first) };
}

export interface SlopedProfile extends LineProfile {
  /** Units from one of its places to the next. */
  readonly stride: number;
}

/** The same from values and slopes at every other unit, or more densely where it falls steeply, those at 0 being known. */
export function* slopedProfile(
  top: Sloped,
  at: (place: number) => Steps<Sloped>,
  depth: number = DEEPEST_WITH_SLOPE,
): Steps<SlopedProfile> {
  const lowest = top.value - depth;
  const known = new Map<number, Sloped>();
  function* once(place: number): Steps<Sloped> {
    const point = known.get(place) ?? (yield* at(place));
    known.set(place, point);
    return point;
  }
  const [coarse] = STRIDES;
  const isSteep = !((yield* once(-coarse)).value > lowest) || !((yield* once(coarse)).value > lowest);
  const strides = isSteep ? STRIDES.slice(1) : STRIDES;
  for (const [k, stride] of strides.entries()) {
    const below = yield* outwards(once, -stride, lowest);
    const above = yield* outwards(once, stride, lowest);
    const [first, last] = [-stride * below.length, stride * above.length];
    if (first === last) return { first: -stride, last: stride, stride, at: (place) => top.value - 0.5 * place * place };
    const points = [...below.reverse(), top, ...above].map(({ value, slope }) => ({ value, slope: stride * slope }));
    const spline = hermiteSpline(points);
    const doubtful = doubtfulPieces(points, spline, lowest);
    if (doubtful.size > 0 && k < strides.length - 1) continue;
    const careful = doubtful.size === 0 ? spline : withChords(spline, points, doubtful);
    return { first, last, stride, at: (place) => careful((place - first) / stride) };
  }
  throw new RangeError("a profile needs a stride");
}

/** The pieces, by their first points, half-way along which the spline is far from the cubic of its ends, but those that are as deep at both. */
function doubtfulPieces(points: readonly Sloped[], spline: (at: number) => number, lowest: number): Set<number> {
  const doubtful = new Set<number>();
  for (let i = 0; i + 1 < points.length; i++) {
    const [from, to] = [points[i], points[i + 1]];
    const cubic = 0.5 * (from.value + to.value) + (from.slope - to.slope) / 8;
    if (Math.max(from.value, to.value) > lowest && !(Math.abs(spline(i + 0.5) - cubic) <= DOUBT)) doubtful.add(i);
  }
  return doubtful;
}

/** A spline that goes straight on some of its pieces. */
function withChords(spline: (at: number) => number, points: readonly Sloped[], pieces: ReadonlySet<number>) {
  return (at: number) => {
    const i = Math.floor(at);
    if (!pieces.has(i)) return spline(at);
    return points[i].value + (at - i) * (points[i + 1].value - points[i].value);
  };
}

function* outwards<Point extends { readonly value: number }>(
  at: (place: number) => Steps<Point>,
  step: number,
  lowest: number,
): Steps<Point[]> {
  const found: Point[] = [];
  for (let place = step; Math.abs(place) <= LONGEST; place += step) {
    const point = yield* at(place);
    if (!Number.isFinite(point.value)) break;
    found.push(point);
    if (point.value < lowest) break;
  }
  return found;
}

/** How far its ends lie below its top, and how far out they may be. */
const DEPTH = 14;
const FARTHEST = 60;

/** Whole numbers between which a profile has its mass, beyond its last places as long as it goes on falling there. */
export function extent(profile: LineProfile): { readonly from: number; readonly to: number } {
  const { at } = profile;
  const [first, last] = [Math.floor(profile.first), Math.ceil(profile.last)];
  const top = Math.max(...Array.from({ length: last - first + 1 }, (_, k) => at(first + k)));
  const end = (start: number, step: number) => {
    let place = start;
    while (Math.abs(place) < FARTHEST && at(place) > top - DEPTH && at(place + step) < at(place)) place += step;
    return place;
  };
  return { from: end(first, -1), to: end(last, 1) };
}
