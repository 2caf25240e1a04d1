import type { Steps } from "../steps.js";
import { type Place, type ScalarFunction, type ScalarOptions, type ScalarResult, ScalarSearch } from "./Scalar.js";

export interface RootOptions extends ScalarOptions {
  /** A value this small passes for zero. Default 0. */
  readonly valueTolerance: number;
}

export interface OutwardOptions extends RootOptions {
  /** How far the search may go. Default null: without end. */
  readonly limit: number | null;
}

const defaults: OutwardOptions = { tolerance: null, valueTolerance: 0, maxEvaluations: 100, limit: null };
const EPSILON = 2 ** -52;
/** A step outward aims a little past the root that the last two values point to, within these factors of the step before. */
const OVERSHOOT = 1.1;
const LEAST_GROWTH = 0.1;
const MOST_GROWTH = 4;
/** Halvings towards a place where the function cannot be computed. */
const MOST_RETREATS = 20;

/** A search for a root: it asks for the function's values at places, one after the other. */
type Questions<T> = Generator<number, T, number>;

/**
 * A root of a continuous function whose values at `lower` and `upper` have different signs: inverse quadratic interpolation
 * where it is safe, else bisection (Chandrupatla, 1997). Infinite values are good for their sign. Not converged where the signs
 * are the same or the function is NaN on the way.
 */
export function findRoot(
  f: ScalarFunction,
  lower: number,
  upper: number,
  options: Partial<RootOptions> = {},
): ScalarResult {
  return answered(bracketed(lower, upper, { ...defaults, ...options }), f);
}

function answered<T>(search: Questions<T>, f: ScalarFunction): T {
  let question = search.next();
  while (question.done !== true) question = search.next(f(question.value));
  return question.value;
}

function* bracketed(lower: number, upper: number, options: RootOptions): Questions<ScalarResult> {
  const search = new ScalarSearch();
  const one = search.place(lower, yield lower);
  return yield* refine(search, one, search.place(upper, yield upper), options);
}

/**
 * The root of a function that is monotone from `start` in the direction of `step`: steps grow, as the values foretell, until
 * its sign changes, then as `findRoot`. Backs off where the function is NaN. Not converged, with the farthest place reached,
 * where the sign does not change before `limit` or before the function cannot be computed.
 */
export function findRootOutward(
  f: ScalarFunction,
  start: number,
  step: number,
  options: Partial<OutwardOptions> = {},
): ScalarResult {
  return answered(outward(start, step, { ...defaults, ...options }), f);
}

/** `findRootOutward` of a function that pauses. */
export function* findRootOutwardSteps(
  f: (x: number) => Steps<number>,
  start: number,
  step: number,
  options: Partial<OutwardOptions> = {},
): Steps<ScalarResult> {
  const search = outward(start, step, { ...defaults, ...options });
  let question = search.next();
  while (question.done !== true) question = search.next(yield* f(question.value));
  return question.value;
}

function* outward(start: number, step: number, filled: OutwardOptions): Questions<ScalarResult> {
  const search = new ScalarSearch();
  const clip = step > 0 ? Math.min : Math.max;
  const end = filled.limit ?? Math.sign(step) * Infinity;
  let near = search.place(start, yield start);
  let length = step;
  let wall: number | null = null;
  for (let retreats = 0; !isZero(near, filled); ) {
    const trouble = troubleAt(near, end, retreats, search.evaluations >= filled.maxEvaluations);
    if (trouble !== null) return search.failed(near, trouble);
    const x = wall === null ? clip(near.x + length, end) : 0.5 * (near.x + wall);
    const next = search.place(x, yield x);
    if (Number.isNaN(next.value)) wall = next.x;
    else if (Math.sign(next.value) !== Math.sign(near.value)) return yield* refine(search, near, next, filled);
    else {
      length = nextLength(near, next);
      near = next;
    }
    if (wall !== null) retreats++;
  }
  return search.found(near);
}

function troubleAt({ x, value }: Place, end: number, retreats: number, isSpent: boolean): string | null {
  if (Number.isNaN(value)) return `the function cannot be computed at the start ${x}`;
  if (retreats > MOST_RETREATS)
    return `the function cannot be computed beyond ${x}, and has not changed its sign before`;
  return x === end || isSpent || !Number.isFinite(x) ? `the function does not change its sign up to ${x}` : null;
}

function nextLength(before: Place, now: Place): number {
  const length = now.x - before.x;
  const growth = (OVERSHOOT * now.value) / (before.value - now.value);
  return length * (growth > 0 ? Math.min(Math.max(growth, LEAST_GROWTH), MOST_GROWTH) : MOST_GROWTH);
}

function isZero({ value }: Place, { valueTolerance }: RootOptions): boolean {
  return Math.abs(value) <= valueTolerance;
}

function* refine(search: ScalarSearch, one: Place, other: Place, options: RootOptions): Questions<ScalarResult> {
  if (isZero(one, options)) return search.found(one);
  if (!isZero(other, options) && !(Math.sign(one.value) * Math.sign(other.value) < 0)) {
    return search.failed(one, `the function does not change its sign between ${one.x} and ${other.x}`);
  }
  const tolerance = options.tolerance ?? 1e-10 * Math.abs(other.x - one.x);
  // The root lies between `last` and `opposite`; `third` is the place that one of them has replaced.
  let last = other;
  let opposite = one;
  let third = one;
  for (;;) {
    const best = Math.abs(last.value) < Math.abs(opposite.value) ? last : opposite;
    const width = opposite.x - last.x;
    const least = (2 * EPSILON * Math.abs(best.x) + 0.5 * tolerance) / Math.abs(width);
    if (isZero(best, options) || least >= 0.5) return search.found(best);
    if (search.evaluations >= options.maxEvaluations)
      return search.failed(best, "the limit of evaluations was reached");
    const share = Math.min(Math.max(interpolated(last, opposite, third), least), 1 - least);
    const x = last.x + share * width;
    const next = search.place(x, yield x);
    if (Number.isNaN(next.value)) return search.failed(best, `the function cannot be computed at ${next.x}`);
    const sameSide = Math.sign(next.value) === Math.sign(last.value);
    third = sameSide ? last : opposite;
    opposite = sameSide ? opposite : last;
    last = next;
  }
}

/**
 * Where between `last` (0) and `opposite` (1) the inverse parabola has its zero, if it is to be trusted; else the middle. At
 * first, with two places only, the secant's.
 */
function interpolated(last: Place, opposite: Place, third: Place): number {
  const [fa, fb, fc] = [last.value, opposite.value, third.value];
  if (third === opposite) return Number.isFinite(fa - fb) ? fa / (fa - fb) : 0.5;
  const xi = (last.x - opposite.x) / (third.x - opposite.x);
  const phi = (fa - fb) / (fc - fb);
  if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)) return 0.5;
  const alpha = (third.x - last.x) / (opposite.x - last.x);
  return (fa / (fb - fa)) * (fc / (fb - fc)) + alpha * (fa / (fc - fa)) * (fb / (fc - fb));
}
