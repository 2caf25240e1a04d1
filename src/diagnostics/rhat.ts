import { isConstantOrNotFinite, meanOf, standardDeviationOf } from "./moments.js";
import { quantileOfSorted } from "./quantile.js";
import { normalScores, rankNormalise } from "./rankNormalise.js";
import { sortedDraws, splitChains } from "./splitChains.js";

/**
 * Rank-normalised split R-hat of `[chain][draw]`: the larger of that of the draws (a difference of location) and that of their
 * distances from the median (a difference of scale). Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), equation 14.
 * NaN where nothing varies, where a draw is NaN, or with fewer than four draws a chain; Infinity where every half chain stands
 * still at a place of its own.
 */
export function rhat(chains: readonly Float64Array[]): number {
  const split = splitChains(chains);
  const sorted = sortedDraws(split);
  const scores = normalScores(sorted.length);
  const median = quantileOfSorted(sortedDraws(chains), 0.5);
  const location = splitRhat(rankNormalise(split, sorted, scores));
  return Math.max(location, foldedRhat(split, sorted, median, scores));
}

/** R-hat of the distances from `median`; `sorted` are the values of `split`, ascending. */
export function foldedRhat(
  split: readonly Float64Array[],
  sorted: Float64Array,
  median: number,
  scores: Float64Array,
): number {
  if (!Number.isFinite(median)) return NaN;
  const folded = split.map((values) => values.map((value) => Math.abs(value - median)));
  return splitRhat(rankNormalise(folded, sortedDistances(sorted, median), scores));
}

/** Potential scale reduction of series of one length: Gelman and Rubin (1992) without degrees of freedom. */
export function splitRhat(series: readonly Float64Array[]): number {
  const draws = series[0].length;
  if (draws < 2 || isConstantOrNotFinite(series)) return NaN;
  const means = Float64Array.from(series, (values) => meanOf([values]));
  const variances = series.map((values, i) => standardDeviationOf([values], means[i]) ** 2);
  const within = variances.reduce((total, variance) => total + variance, 0) / variances.length;
  const between = draws * standardDeviationOf([means], meanOf([means])) ** 2;
  return Math.sqrt((between / within + draws - 1) / draws);
}

/** Distances from a centre in ascending order: the two sides of the sorted values merged, which spares a second sort. */
function sortedDistances(sorted: Float64Array, centre: number): Float64Array {
  const result = new Float64Array(sorted.length);
  let above = 0;
  while (above < sorted.length && sorted[above] < centre) above++;
  let below = above - 1;
  for (let i = 0; i < result.length; i++) {
    const left = below >= 0 ? Math.abs(sorted[below] - centre) : Infinity;
    const right = above < sorted.length ? Math.abs(sorted[above] - centre) : Infinity;
    result[i] = Math.min(left, right);
    if (left <= right && below >= 0) below--;
    else above++;
  }
  return result;
}
