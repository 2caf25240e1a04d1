import { exp } from "./special/elementary.js";
import { largest } from "./totals.js";

/** A distribution whose density is piecewise linear through points and zero beyond them, as plain data. */
export interface DensityKnots {
  /** Length n, ascending. */
  readonly values: Float64Array;
  /** Length n: the density at the values, times the mass. */
  readonly heights: Float64Array;
  /** Length n: the mass below each value; the last is all of it. */
  readonly below: Float64Array;
}

/** A distribution known by its density. */
export interface TabulatedDensity {
  readonly mean: number;
  readonly sd: number;
  readonly knots: DensityKnots;
}

/** `densityThrough` the exponentials of log densities, with its errors. */
export function tabulatedDensity(values: Float64Array, logDensities: Float64Array): TabulatedDensity {
  const highest = largest(logDensities);
  const heights = new Float64Array(values.length);
  for (let i = 0; i < heights.length; i++) heights[i] = exp(logDensities[i] - highest);
  return densityThrough(values, heights);
}

/**
 * A distribution whose density is piecewise linear through points with ascending values, zero beyond them. Heights need not be
 * normalised. Throws RangeError if there are fewer than two points, or heights that are zero everywhere or infinite.
 */
export function densityThrough(values: Float64Array, heights: Float64Array): TabulatedDensity {
  const highest = largest(heights);
  if (values.length < 2 || !(highest > 0 && highest < Infinity))
    throw new RangeError("a density needs two points and some mass");
  const below = new Float64Array(values.length);
  for (let i = 1; i < values.length; i++)
    below[i] = below[i - 1] + 0.5 * (heights[i - 1] + heights[i]) * (values[i] - values[i - 1]);
  return { ...moments(values, heights, below[below.length - 1]), knots: { values, heights, below } };
}

/** The density at a value, which is zero beyond the knots. */
export function densityAt({ values, heights, below }: DensityKnots, value: number): number {
  if (!(value >= values[0] && value <= values[values.length - 1])) return 0;
  const i = segmentOf(values, value);
  const share = (value - values[i]) / (values[i + 1] - values[i]);
  return (heights[i] + share * (heights[i + 1] - heights[i])) / below[below.length - 1];
}

/** The probability below a value. */
export function probabilityBelow({ values, heights, below }: DensityKnots, value: number): number {
  if (!(value > values[0])) return 0;
  if (value >= values[values.length - 1]) return 1;
  const i = segmentOf(values, value);
  const [into, width] = [value - values[i], values[i + 1] - values[i]];
  const area = below[i] + into * (heights[i] + (0.5 * into * (heights[i + 1] - heights[i])) / width);
  return area / below[below.length - 1];
}

/** The value with a probability below it; NaN for a probability outside of [0, 1]. */
export function quantileAt({ values, heights, below }: DensityKnots, probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  const wanted = probability * below[below.length - 1];
  const i = segmentOf(below, wanted);
  return values[i] + lengthTo(wanted - below[i], heights[i], heights[i + 1], values[i + 1] - values[i]);
}

/** How far into a segment of so much width its trapezoid has so much area. */
function lengthTo(area: number, left: number, right: number, width: number): number {
  const slope = (right - left) / width;
  const root = Math.sqrt(Math.max(0, left * left + 2 * slope * area));
  return left + root > 0 ? Math.min(width, (2 * area) / (left + root)) : 0;
}

/** The segment that holds a value: the largest i < length - 1 with sorted[i] <= value. */
function segmentOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** Exact for a density that is linear between the points. */
function moments(values: Float64Array, heights: Float64Array, mass: number): { mean: number; sd: number } {
  let first = 0;
  let second = 0;
  const origin = values[heights.indexOf(largest(heights))];
  for (let i = 1; i < values.length; i++) {
    const a = values[i - 1] - origin;
    const b = values[i] - origin;
    const p = heights[i - 1];
    const q = heights[i];
    first += ((b - a) / 6) * (p * (2 * a + b) + q * (a + 2 * b));
    second += ((b - a) / 12) * (p * (3 * a * a + 2 * a * b + b * b) + q * (a * a + 2 * a * b + 3 * b * b));
  }
  const mean = first / mass;
  return { mean: origin + mean, sd: Math.sqrt(Math.max(0, second / mass - mean * mean)) };
}
