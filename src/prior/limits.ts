import type { Univariate } from "./Prior.js";

/** Of an end of a support: what rounding has put so near stands at it. */
const ROUNDING = 1e-12;
/** As near to zero as makes no difference. */
const LEAST = 1e-300;
/** A log density that moves by more than this on so short a way has no finite limit. */
const STILL = 1e-3;

/** The log density, at an end of the support its limit from inside: finite, or -Infinity or Infinity; -Infinity outside. */
export function limitDensity(density: Univariate, x: number): number {
  const end = endAt(density, x);
  if (end === null) return density.logDensity(x);
  const [near, nearest] = [Math.sqrt(room(end.at)), room(end.at)].map((by) =>
    density.logDensity(end.at + end.inward * by),
  );
  if (Math.abs(near - nearest) < STILL) return nearest;
  return near > nearest ? -Infinity : Infinity;
}

/** A value at an end of the support, moved in by as little as can be; others as they are. */
export function inside(density: Univariate, x: number): number {
  const end = endAt(density, x);
  return end === null ? x : end.at + end.inward * room(end.at);
}

function endAt({ lower, upper }: Univariate, x: number): { readonly at: number; readonly inward: number } | null {
  if (Math.abs(x - lower) < room(lower)) return { at: lower, inward: 1 };
  return Math.abs(x - upper) < room(upper) ? { at: upper, inward: -1 } : null;
}

function room(end: number): number {
  return Math.max(LEAST, ROUNDING * Math.abs(end));
}
