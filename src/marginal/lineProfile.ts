import { cubicSpline } from "../math/cubicSpline.js";

/** A log density along a line, in units of about one posterior sd, 0 being near its top. */
export interface LineProfile {
  /** The first and the last place where it was taken; whole numbers. */
  readonly first: number;
  readonly last: number;
  /** The spline through them all, linear beyond them: the tail of a log sd is exponential where the sd's density at zero is not zero. */
  at(place: number): number;
}

/** How far below its top a line is left, and after how many units at the latest. */
const DEEPEST = 8;
const LONGEST = 12;

/**
 * Values at whole units: at 0, then down and then up from there, one after the other, until they have fallen far enough or cannot be computed.
 * A standard normal's where there are none but that at 0.
 */
export function lineProfile(logDensityAt: (place: number) => number): LineProfile {
  const top = logDensityAt(0);
  const side = (sign: number) => {
    const found: number[] = [];
    for (let k = 1; k <= LONGEST; k++) {
      const value = logDensityAt(sign * k);
      if (!Number.isFinite(value)) break;
      found.push(value);
      if (top - value > DEEPEST) break;
    }
    return found;
  };
  const [below, above] = [side(-1), side(1)];
  const [first, last] = [-below.length, above.length];
  if (first === last) return { first: -1, last: 1, at: (place) => top - 0.5 * place * place };
  const spline = cubicSpline([...below.reverse(), top, ...above]);
  return { first, last, at: (place) => spline(place - first) };
}

/** How far its ends lie below its top, and how far out they may be. */
const DEPTH = 14;
const FARTHEST = 60;

/** Whole numbers between which a profile has its mass, beyond its last places as long as it goes on falling there. */
export function extent({ first, last, at }: LineProfile): { readonly from: number; readonly to: number } {
  const top = Math.max(...Array.from({ length: last - first + 1 }, (_, k) => at(first + k)));
  const end = (start: number, step: number) => {
    let place = start;
    while (Math.abs(place) < FARTHEST && at(place) > top - DEPTH && at(place + step) < at(place)) place += step;
    return place;
  };
  return { from: end(first, -1), to: end(last, 1) };
}
