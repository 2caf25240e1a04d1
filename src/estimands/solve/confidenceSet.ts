import { ModelError } from "../../language/ModelError.js";
import { normalQuantile } from "../../math/special/normalDistribution.js";
import type { Steps } from "../../math/steps.js";
import type { Fitted } from "../../predict/Fitted.js";
import type { Solution } from "../../summary/Solutions.js";
import { endsOf } from "../../summary/Summary.js";
import { type CellCurve, type MeanCurves, meanCurves } from "./MeanCurve.js";
import type { CompleteSolveOptions } from "./options.js";
import { searchGrid } from "./searchGrid.js";
import { toLink } from "./toLink.js";

/** Doublings of the distance from the range at which a set that goes on is taken for unbounded. */
const DOUBLINGS = 40;
/** Halvings of a positive value on the way to 0. */
const HALVINGS = 30;
/** How often an end is looked at more closely, and in how many intervals. */
const CLOSER = 9;
const INTERVALS = 16;

/**
 * All x at which |g(x) - target| <= q se(g(x)) on the scale of the link, q the quantile of the level: where g is linear in x, Fieller's set. Within a range that was given, else wherever the model has values, the
 * distance from the observed range doubled until the set no longer changes.
 */
export function* confidenceSet(
  fit: Fitted,
  options: CompleteSolveOptions,
  range: readonly [number, number],
  { cells, told }: MeanCurves,
  cell: number,
): Steps<NonNullable<Solution["set"]>> {
  const outside = excess(fit, options, told);
  const inner = searchGrid(...range).xs;
  const points = inner.map((x, k) => ({ x, isIn: outside(cells[cell], k) <= 0 }));
  const limits = [range[0], range[1]];
  if (options.range === null) {
    const below = yield* beyond(fit, options, range, -1, cell);
    const above = yield* beyond(fit, options, range, 1, cell);
    points.unshift(...below.points.reverse());
    points.push(...above.points);
    limits.splice(0, 2, below.limit, above.limit);
  }
  const ends: number[] = points[0].isIn ? [limits[0]] : [];
  for (let k = 0; k + 1 < points.length; k++)
    if (points[k].isIn !== points[k + 1].isIn)
      ends.push(yield* endBetween(fit, options, points[k], points[k + 1], cell));
  if (ends.length % 2 === 1) ends.push(limits[1]);
  return Array.from({ length: ends.length / 2 }, (_, k) => [ends[2 * k], ends[2 * k + 1]] as const);
}

interface Point {
  readonly x: number;
  readonly isIn: boolean;
}

/** |g - target| - q se at value k of the variable. */
function excess(fit: Fitted, options: CompleteSolveOptions, { ensemble, level }: MeanCurves["told"]) {
  const scaled = toLink(fit, options);
  const [target] = scaled(Float64Array.of(options.target));
  const [, high] = endsOf(level);
  const q = normalQuantile(high);
  return ({ values }: CellCurve, k: number) => {
    const { estimate, sd } = ensemble.estimate(scaled(values[k]), 0);
    return Math.abs(estimate - target) - q * sd;
  };
}

interface Beyond {
  readonly points: Point[];
  /** Where a set that goes on ends: infinite, or where the model has values no longer. */
  readonly limit: number;
}

/** Points further and further out on one side, as far as the model has values. */
function* beyond(
  fit: Fitted,
  options: CompleteSolveOptions,
  range: readonly [number, number],
  side: -1 | 1,
  cell: number,
): Steps<Beyond> {
  const points: Point[] = [];
  for (const xs of further(range, side)) {
    if (xs.length < 2) continue;
    try {
      const curves = yield* meanCurves(fit, options, xs);
      const outside = excess(fit, options, curves.told);
      const distances = xs.map((_, k) => outside(curves.cells[cell], k));
      // Means that round to an end of their range tell nothing more.
      if (!distances.every(Number.isFinite)) break;
      points.push(...xs.map((x, k) => ({ x, isIn: distances[k] <= 0 })));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      // The model has no values there, as log(x) has none below 0.
      return { points, limit: side < 0 && range[0] > 0 ? 0 : (points.at(-1)?.x ?? range[side < 0 ? 0 : 1]) };
    }
  }
  return { points, limit: side * Number.POSITIVE_INFINITY };
}

/** Pairs of values: of positive ones down to nearly 0 first. */
function* further([lower, upper]: readonly [number, number], side: -1 | 1): Generator<readonly number[]> {
  const start = side < 0 ? lower : upper;
  if (side < 0 && lower > 0)
    for (let k = 0; k < HALVINGS; k++) yield [0.7, 0.5].map((factor) => lower * factor * 0.5 ** k);
  for (let k = 0; k < DOUBLINGS; k++)
    yield [1, 1.5]
      .map((factor) => start + side * ((upper - lower) / 16) * factor * 2 ** k)
      .filter((x) => side > 0 || lower <= 0 || x < 0);
}

/** Where the set ends between a point in it and one that is not. */
function* endBetween(
  fit: Fitted,
  options: CompleteSolveOptions,
  one: Point,
  other: Point,
  cell: number,
): Steps<number> {
  let [lower, upper] = [one.x, other.x];
  for (let k = 0; k < CLOSER; k++) {
    const xs = Array.from({ length: INTERVALS + 1 }, (_, place) => lower + ((upper - lower) * place) / INTERVALS);
    if (new Set(xs).size < xs.length) break;
    const curves = yield* meanCurves(fit, options, xs);
    const outside = excess(fit, options, curves.told);
    const change = xs.findIndex((_, place) => outside(curves.cells[cell], place) <= 0 !== one.isIn);
    if (change < 1) break;
    [lower, upper] = [xs[change - 1], xs[change]];
  }
  return 0.5 * (lower + upper);
}
