import { normalQuantile } from "../math/special/normalDistribution.js";
import { sortedDraws } from "./splitChains.js";

/**
 * Normal scores of the ranks r = 1, 1.5, 2, ... of `size` values, at index 2 (r - 1); ties share a mean rank, so halves occur.
 * The offsets 3/8 and 1/4 are Blom's (1958).
 */
export function normalScores(size: number): Float64Array {
  return Float64Array.from({ length: 2 * size - 1 }, (_, index) =>
    normalQuantile((index / 2 + 5 / 8) / (size + 1 / 4)),
  );
}

/** Each value replaced by the normal score of its rank among all; NaN throughout if one of them is. `sorted`: all values, ascending. */
export function rankNormalise(
  series: readonly Float64Array[],
  sorted = sortedDraws(series),
  scores = normalScores(sorted.length),
): Float64Array[] {
  if (Number.isNaN(sorted[sorted.length - 1])) return series.map((values) => values.map(() => NaN));
  const scoreAt = scoresInOrder(sorted, scores);
  return series.map((values) => values.map((value) => scoreAt[lowerBound(sorted, value)]));
}

/** Normal score of the value at each position of the sorted values. */
function scoresInOrder(sorted: Float64Array, scores: Float64Array): Float64Array {
  const result = new Float64Array(sorted.length);
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    result.fill(scores[start + end - 1], start, end);
    start = end;
  }
  return result;
}

/** First position whose value is not below. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
