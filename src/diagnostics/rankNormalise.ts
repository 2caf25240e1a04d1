import { normalQuantile } from "../math/special/normalDistribution.js";
import type { SortedDraws } from "./sortDraws.js";

/**
 * Normal scores of the ranks r = 1, 1.5, 2, ... of `size` values, at index 2 (r - 1); ties share a mean rank, so halves occur.
 * The offsets 3/8 and 1/4 are Blom's (1958).
 */
export function normalScores(size: number): Float64Array {
  return Float64Array.from({ length: Math.max(2 * size - 1, 0) }, (_, index) =>
    normalQuantile((index / 2 + 5 / 8) / (size + 1 / 4)),
  );
}

/**
 * Draws replaced by the normal scores of their ranks among all, as `count` series of one length in the order in which they
 * were before sorting; NaN throughout if a draw is NaN.
 */
export function rankNormalise(
  sorted: SortedDraws,
  count: number,
  scores = normalScores(sorted.values.length),
): Float64Array[] {
  const { values, order } = sorted;
  const result = new Float64Array(values.length);
  const last = Number.isNaN(values[values.length - 1]) ? 0 : values.length;
  if (last === 0) result.fill(NaN);
  for (let start = 0, end = 0; start < last; start = end) {
    while (end < last && values[end] === values[start]) end++;
    for (let i = start; i < end; i++) result[order[i]] = scores[start + end - 1];
  }
  const length = values.length / count;
  return Array.from({ length: count }, (_, i) => result.subarray(i * length, (i + 1) * length));
}
