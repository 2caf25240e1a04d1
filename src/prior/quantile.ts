import { log, log1p } from "../math/special/elementary.js";
import type { Univariate } from "./Prior.js";

/**
 * Quantiles of a continuous distribution by bisection between doubles, about 70 evaluations each: slow, but without
 * start values or scales to get wrong. Solves on the side of the smaller tail; takes 0 < probability < 1.
 */
export function quantileByBisection({
  lower,
  upper,
  logProbability,
}: Pick<Univariate, "lower" | "upper" | "logProbability">): (probability: number) => number {
  return (probability) => {
    const isBelow =
      probability < 0.5
        ? (x: number) => logProbability(lower, x) < log(probability)
        : (x: number) => logProbability(x, upper) > log1p(-probability);
    return bisect(isBelow, lower, upper);
  };
}

/** The double at which `isBelow` turns false. */
function bisect(isBelow: (x: number) => boolean, lower: number, upper: number): number {
  let low = Math.max(lower, -Number.MAX_VALUE);
  let high = Math.min(upper, Number.MAX_VALUE);
  for (;;) {
    const middle = between(low, high);
    if (!(middle > low && middle < high)) return high;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
}

/** The arithmetic mean of near neighbours, and the geometric one of numbers of different size. */
function between(low: number, high: number): number {
  if (low < 0) return high > 0 ? 0 : -between(-high, -low);
  if (high <= 4 * low) return low + (high - low) / 2;
  return Math.sqrt(Math.max(low, Number.MIN_VALUE)) * Math.sqrt(high);
}
