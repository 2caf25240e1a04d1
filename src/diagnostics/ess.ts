import { checkArgument } from "../argument/checkArgument.js";
import { chainsOfDraws } from "../argument/kinds.js";
import { type Autocovariance, type MeanAutocovariance, planMeanAutocovariance } from "./autocovariance.js";
import { isConstantOrNotFinite, meanOf, standardDeviationOf } from "./moments.js";
import { quantileOfSorted } from "./quantile.js";
import { rankNormalise } from "./rankNormalise.js";
import { sortDraws } from "./sortDraws.js";
import { splitChains } from "./splitChains.js";

/*
 * Effective sample sizes of Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), as R's posterior package computes them.
 * Everywhere `chains` is `[chain][draw]` with chains of one length; NaN where a draw is not finite, where nothing varies, or
 * where half a chain has fewer than three draws.
 */

/** For the centre of the distribution: the ESS of the rank-normalised draws. */
export function essBulk(chains: readonly Float64Array[]): number {
  checkArgument(chainsOfDraws, chains, "essBulk", "chains");
  const split = splitChains(chains);
  return effectiveSampleSize(rankNormalise(sortDraws(split), split.length));
}

/** For the tails: the smaller of those of the 5% and the 95% quantile. */
export function essTail(chains: readonly Float64Array[]): number {
  checkArgument(chainsOfDraws, chains, "essTail", "chains");
  return Math.min(essQuantile(chains, 0.05), essQuantile(chains, 0.95));
}

export function essMean(chains: readonly Float64Array[]): number {
  return effectiveSampleSize(splitChains(chains));
}

export function essSd(chains: readonly Float64Array[]): number {
  const mean = meanOf(chains);
  return essMean(chains.map((chain) => chain.map((draw) => Math.abs(draw - mean))));
}

export function essMedian(chains: readonly Float64Array[]): number {
  return essQuantile(chains, 0.5);
}

export function essQuantile(chains: readonly Float64Array[], probability: number): number {
  return essOfIndicator(splitChains(chains), sortDraws(chains).values, probability);
}

/** ESS of "not above the quantile"; `sorted` are the draws of the whole chains, ascending. */
export function essOfIndicator(
  split: readonly Float64Array[],
  sorted: Float64Array,
  probability: number,
  autocovariance?: MeanAutocovariance,
): number {
  if (isConstantOrNotFinite([sorted])) return NaN;
  // At 1 every draw would be at or below the quantile.
  const inside = probability === 1 ? (sorted.length - 0.5) / sorted.length : probability;
  const quantile = quantileOfSorted(sorted, inside);
  const indicators = split.map((series) => {
    const indicator = new Float64Array(series.length);
    for (let i = 0; i < series.length; i++) indicator[i] = series[i] <= quantile ? 1 : 0;
    return indicator;
  });
  return effectiveSampleSize(indicators, autocovariance);
}

/**
 * ESS of the mean of series of one length (halves of chains), by the autocorrelations of all of them together and
 * Geyer's initial monotone sequence. At most n log10(n), the bound on what antithetic draws are credited with.
 */
export function effectiveSampleSize(
  series: readonly Float64Array[],
  autocovariance: MeanAutocovariance = planMeanAutocovariance(series[0].length),
): number {
  const draws = series[0].length;
  if (draws < 3 || isConstantOrNotFinite(series)) return NaN;
  const total = draws * series.length;
  const time = autocorrelationTime(autocorrelations(series, autocovariance(series)), draws);
  return Number.isNaN(time) ? NaN : total / Math.max(time, 1 / Math.log10(total));
}

/** By lag, from the within-series autocovariances and the variance between the series' means. */
function autocorrelations(series: readonly Float64Array[], autocovariance: Autocovariance): (lag: number) => number {
  const draws = series[0].length;
  const variance = autocovariance(0);
  const within = (variance * draws) / (draws - 1);
  const means = Float64Array.from(series, (values) => meanOf([values]));
  const between = series.length > 1 ? standardDeviationOf([means], meanOf([means])) ** 2 : 0;
  return (lag) => (lag === 0 ? 1 : 1 - (within - autocovariance(lag)) / (variance + between));
}

/**
 * Integrated autocorrelation time: sums of neighbouring pairs (lags 2k, 2k + 1) as long as they are positive, forced to decrease
 * (Geyer 1992), plus the even lag of the pair that ended it, which steadies antithetic chains.
 * A chain that is too short for a second pair counts its lag 0 twice: so does R's posterior package, by R's `1:0`.
 */
function autocorrelationTime(rho: (lag: number) => number, draws: number): number {
  const pairs: number[] = [];
  let even = rho(0);
  let pair = even + rho(1);
  for (let lag = 2; lag < draws - 3 && pair > 0; lag += 2) {
    pairs.push(Math.min(pair, pairs.at(-1) ?? pair));
    even = rho(lag);
    pair = even + rho(lag + 1);
  }
  if (Number.isNaN(pair)) return NaN;
  const sum = pairs.length === 0 ? rho(0) : pairs.reduce((total, value) => total + value, 0);
  return -1 + 2 * sum + Math.max(even, 0);
}
