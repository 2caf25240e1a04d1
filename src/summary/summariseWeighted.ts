import { sortDraws } from "../diagnostics/sortDraws.js";
import { endsOf, type MarginalSummary } from "./Summary.js";

/**
 * Summary of draws with importance weights (summing to 1, in the shape of the draws). Monte Carlo standard errors are those of
 * self-normalised importance sampling, by linearisation: an estimate's error is the weighted sum of its influence function over the draws, and
 * its variance that between independent batches of draws. `batches` has the number of draws of each batch, in order over all chains;
 * without it every draw is a batch of its own. The error of a quantile is half the distance between the quantiles one standard error of
 * the distribution function below and above it (Woodruff 1952).
 */
export function summariseWeighted(
  chains: readonly Float64Array[],
  weights: readonly Float64Array[],
  level: number,
  batches?: readonly number[],
): MarginalSummary {
  const draws = joined(chains);
  const shares = joined(weights);
  const { values, order } = sortDraws(chains);
  const sortedShares = Float64Array.from(order, (position) => shares[position]);
  const squaredShares = total(shares, (share) => share * share);
  const mean = total(shares, (share, i) => share * draws[i]);
  const variance = total(shares, (share, i) => share * (draws[i] - mean) ** 2);
  // Equal weights of 1 / n leave the usual divisor n - 1.
  const sd = Math.sqrt(variance / (1 - squaredShares));
  const errorOf = (influence: (draw: number) => number) =>
    batchError(
      shares.map((share, i) => share * influence(draws[i])),
      batches,
    );
  const quantile = (probability: number) => weightedQuantile(values, sortedShares, 1 / squaredShares, probability);
  const quantileError = (probability: number, at: number) => {
    const below = total(shares, (share, i) => (draws[i] <= at ? share : 0));
    const error = errorOf((draw) => (draw <= at ? 1 : 0) - below);
    const [lower, upper] = [-error, error].map((by) => quantile(Math.min(1, Math.max(0, probability + by))));
    return (upper - lower) / 2;
  };
  const ends = endsOf(level);
  const [median, q5, q95, lower, upper] = [0.5, 0.05, 0.95, ...ends].map(quantile);
  return {
    mean,
    sd,
    median,
    q5,
    q95,
    lower,
    upper,
    mcse: errorOf((draw) => draw - mean),
    mcseSd: variance > 0 ? errorOf((draw) => ((draw - mean) ** 2 - variance) / (2 * sd)) : 0,
    mcseMedian: quantileError(0.5, median),
    mcseQ5: quantileError(0.05, q5),
    mcseQ95: quantileError(0.95, q95),
    mcseLower: quantileError(ends[0], lower),
    mcseUpper: quantileError(ends[1], upper),
  };
}

function joined(chains: readonly Float64Array[]): Float64Array {
  return chains.length === 1 ? chains[0] : Float64Array.from(chains.flatMap((chain) => [...chain]));
}

function total(shares: Float64Array, term: (share: number, draw: number) => number): number {
  let sum = 0;
  for (let i = 0; i < shares.length; i++) sum += term(shares[i], i);
  return sum;
}

/** The standard deviation of a sum of contributions whose expectation is zero, from the sums of its independent batches. */
export function batchError(contributions: Float64Array, batches?: readonly number[]): number {
  if (batches === undefined) return Math.sqrt(total(contributions, (share) => share * share));
  const sums = batchSums(contributions, batches);
  return Math.sqrt((total(sums, (sum) => sum * sum) * sums.length) / (sums.length - 1));
}

function batchSums(contributions: Float64Array, batches: readonly number[]): Float64Array {
  let start = 0;
  return Float64Array.from(batches, (length) => {
    let sum = 0;
    for (const end = start + length; start < end; start++) sum += contributions[start];
    return sum;
  });
}

/**
 * Type 7 quantile of weighted draws (Akinshin 2023, "Weighted quantile estimators"): the average of the empirical quantile
 * function over a window of width 1 / n, where n is Kish's effective number of draws. With equal weights it is the usual type 7.
 */
export function weightedQuantile(sorted: Float64Array, weights: Float64Array, n: number, probability: number): number {
  const start = (probability * (n - 1)) / n;
  let before = 0;
  let result = 0;
  for (let i = 0; i < sorted.length; i++) {
    const after = before + weights[i];
    const overlap = Math.min(after, start + 1 / n) - Math.max(before, start);
    if (overlap > 0) result += overlap * n * sorted[i];
    before = after;
  }
  return result;
}
