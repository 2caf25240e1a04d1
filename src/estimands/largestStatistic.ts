import { symmetricEigen } from "../math/linalg/symmetricEigen.js";
import { createStream } from "../math/random/createStream.js";
import { chiSquareTail, studentTwoSided } from "../math/special/tailProbability.js";

/** Draws of the largest of several statistics. */
const DRAWS = 100_000;
/** Values that stand for the draws where each costs a probability of chi-square. */
const FEW = 2000;

/** How likely the largest of several statistics is to exceed a value by chance alone. */
export interface LargestStatistic {
  /** P(largest > statistic), two-sided, with these degrees of freedom; null for the normal distribution. */
  tail(statistic: number, degreesOfFreedom: number | null): number;
  /** The value that the largest statistic exceeds with this probability. */
  quantile(probability: number, degreesOfFreedom: number | null): number;
}

/**
 * The largest of m standard normal or t statistics in absolute value, with this correlation (m x m), by simulation: what Tukey's method is for contrasts of any kind and any
 * covariance (single-step; Hothorn, Bretz & Westfall 2008). Statistics of t share one estimate of the variance.
 */
export function largestStatistic(correlation: Float64Array, m: number): LargestStatistic {
  const largest = drawsOfLargest(correlation, m).sort();
  const step = DRAWS / FEW;
  const few = Float64Array.from({ length: FEW }, (_, k) => largest[Math.floor((k + 0.5) * step)]);
  const tail = (statistic: number, df: number | null): number => {
    const at = Math.abs(statistic);
    if (Number.isNaN(at)) return Number.NaN;
    const simulated =
      df === null || df === Number.POSITIVE_INFINITY ? shareAbove(largest, at) : overChiSquare(few, at, df);
    const alone = studentTwoSided(at, df ?? Number.POSITIVE_INFINITY);
    return Math.min(1, m * alone, Math.max(alone, simulated));
  };
  const quantile = (probability: number, df: number | null): number => {
    let [low, high] = [0, 1e3];
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (tail(middle, df) > probability) low = middle;
      else high = middle;
    }
    return high;
  };
  return { tail, quantile };
}

function drawsOfLargest(correlation: Float64Array, m: number): Float64Array {
  const { values, vectors } = symmetricEigen(correlation.slice(), m);
  const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
  const used = [...roots.keys()].filter((k) => roots[k] > 1e-8);
  const stream = createStream("largest statistic", 1);
  const draw = new Float64Array(m);
  return Float64Array.from({ length: DRAWS }, () => {
    draw.fill(0);
    for (const k of used) {
      const z = roots[k] * stream.normal();
      const vector = vectors[k];
      for (let i = 0; i < m; i++) draw[i] += z * vector[i];
    }
    return draw.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  });
}

/** The share of sorted values that lie above a value. */
function shareAbove(sorted: Float64Array, at: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > at) high = middle;
    else low = middle + 1;
  }
  return (sorted.length - low) / sorted.length;
}

/** P(largest / s > at), s^2 = chi-square / df, as the mean over the largest of P(s < largest / at). */
function overChiSquare(largest: Float64Array, at: number, df: number): number {
  if (at === 0) return 1;
  let total = 0;
  for (const value of largest) total += 1 - chiSquareTail(df * (value / at) ** 2, df);
  return total / largest.length;
}
