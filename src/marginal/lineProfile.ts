import { cubicSpline } from "../math/cubicSpline.js";

/** A log density along a line, in units of about one posterior sd, 0 being near its top. */
export interface LineProfile {
  /** The first and the last place where it was taken; whole numbers. */
  readonly first: number;
  readonly last: number;
  /** The spline through them all, linear beyond them: the tail of a log sd is exponential where its prior has mass at zero. */
  at(place: number): number;
}

/** How far below its top a line is left, and after how many units at the latest. */
const DEEPEST = 8;
const LONGEST = 12;

/** Values at whole units from 0, up and down until they have fallen far enough or cannot be computed. */
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
  const first = -below.length;
  const spline = cubicSpline([...below.reverse(), top, ...above]);
  return { first, last: above.length, at: (place) => spline(place - first) };
}
