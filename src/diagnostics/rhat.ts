import { checkArgument } from "../argument/checkArgument.js";
import { chainsOfDraws } from "../argument/kinds.js";
import { isConstantOrNotFinite, meanOf, standardDeviationOf } from "./moments.js";
import { quantileOfSorted } from "./quantile.js";
import { normalScores, rankNormalise } from "./rankNormalise.js";
import { type SortedDraws, sortDraws } from "./sortDraws.js";
import { splitChains } from "./splitChains.js";

/**
 * Rank-normalised split R-hat of `[chain][draw]`: the larger of that of the draws (a difference of location) and that of their
 * distances from the median (a difference of scale). Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), equation 14.
 * NaN where nothing varies, where a draw is NaN, or with fewer than four draws a chain; Infinity where every half chain stands
 * still at a place of its own.
 */
export function rhat(chains: readonly Float64Array[]): number {
  checkArgument(chainsOfDraws, chains, "rhat", "chains");
  const split = splitChains(chains);
  const sorted = sortDraws(split);
  const scores = normalScores(sorted.values.length);
  const median = quantileOfSorted(sortDraws(chains).values, 0.5);
  const location = splitRhat(rankNormalise(sorted, split.length, scores));
  return Math.max(location, foldedRhat(sorted, split.length, median, scores));
}

/** R-hat of the distances from `median` of the draws of `count` series. */
export function foldedRhat(sorted: SortedDraws, count: number, median: number, scores: Float64Array): number {
  if (!Number.isFinite(median)) return NaN;
  return splitRhat(rankNormalise(fold(sorted, median), count, scores));
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

/** Distances from a centre in ascending order: the two sides of the sorted draws merged, which spares a second sort. */
function fold(sorted: SortedDraws, centre: number): SortedDraws {
  const distances = sorted.values.map((value) => Math.abs(value - centre));
  const values = new Float64Array(distances.length);
  const order = new Uint32Array(distances.length);
  let above = 0;
  while (above < distances.length && sorted.values[above] < centre) above++;
  let below = above - 1;
  for (let i = 0; i < values.length; i++) {
    const fromBelow = above >= distances.length || (below >= 0 && distances[below] <= distances[above]);
    const from = fromBelow ? below-- : above++;
    values[i] = distances[from];
    order[i] = sorted.order[from];
  }
  return { values, order };
}
