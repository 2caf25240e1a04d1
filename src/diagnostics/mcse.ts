import { checkArgument } from "../argument/checkArgument.js";
import { aNumber, chainsOfDraws } from "../argument/kinds.js";
import { betaQuantile } from "./betaQuantile.js";
import { essMean, essQuantile } from "./ess.js";
import { meanOf, standardDeviationOf } from "./moments.js";
import { sortDraws } from "./sortDraws.js";

/*
 * Monte Carlo standard errors of estimates from draws `[chain][draw]`, chains of one length, on the draws' own scale.
 * As R's posterior package: Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), section 4.
 */

/** Of the mean. */
export function mcseMean(chains: readonly Float64Array[]): number {
  checkArgument(chainsOfDraws, chains, "mcseMean", "chains");
  return standardDeviationOf(chains, meanOf(chains)) / Math.sqrt(essMean(chains));
}

/** Of the standard deviation, by the delta method from the mean of the squared distances, without assuming a normal distribution. */
export function mcseSd(chains: readonly Float64Array[]): number {
  checkArgument(chainsOfDraws, chains, "mcseSd", "chains");
  const mean = meanOf(chains);
  const squares = chains.map((chain) => chain.map((draw) => (draw - mean) ** 2));
  const variance = meanOf(squares);
  const fourthMoment = meanOf(squares.map((chain) => chain.map((square) => square * square)));
  const errorOfVariance = (fourthMoment - variance * variance) / essMean(squares);
  return Math.sqrt(errorOfVariance / variance / 4);
}

/** Of the median. */
export function mcseMedian(chains: readonly Float64Array[]): number {
  checkArgument(chainsOfDraws, chains, "mcseMedian", "chains");
  return mcseQuantile(chains, 0.5);
}

/** Of a quantile: half the distance between the order statistics at the 16% and 84% points of the quantile's beta distribution. */
export function mcseQuantile(chains: readonly Float64Array[], probability: number): number {
  checkArgument(chainsOfDraws, chains, "mcseQuantile", "chains");
  checkArgument(aNumber, probability, "mcseQuantile", "probability");
  const ess = essQuantile(chains, probability);
  if (Number.isNaN(ess)) return NaN;
  const sorted = sortDraws(chains).values;
  const a = ess * probability + 1;
  const b = ess * (1 - probability) + 1;
  // Normal probabilities of -1 and 1, to the digits that posterior has.
  const low = Math.max(Math.floor(betaQuantile(0.1586553, a, b) * sorted.length), 1);
  const high = Math.min(Math.ceil(betaQuantile(0.8413447, a, b) * sorted.length), sorted.length);
  return (sorted[high - 1] - sorted[low - 1]) / 2;
}
