import { sortDraws } from "../diagnostics/sortDraws.js";
import type { MarginalSummary } from "./Summary.js";

/**
 * Summary of draws with importance weights (summing to 1, in the shape of the draws). The MCSE is that of self-normalised
 * importance sampling of independent draws: sqrt(sum w^2 (x - mean)^2).
 */
export function summariseWeighted(chains: readonly Float64Array[], weights: readonly Float64Array[]): MarginalSummary {
  const { values, order } = sortDraws(chains);
  const all = Float64Array.from(weights.flatMap((chain) => [...chain]));
  const sortedWeights = Float64Array.from(order, (position) => all[position]);
  let mean = 0;
  let squaredWeights = 0;
  for (let i = 0; i < values.length; i++) {
    mean += sortedWeights[i] * values[i];
    squaredWeights += sortedWeights[i] ** 2;
  }
  let variance = 0;
  let errorVariance = 0;
  for (let i = 0; i < values.length; i++) {
    variance += sortedWeights[i] * (values[i] - mean) ** 2;
    errorVariance += (sortedWeights[i] * (values[i] - mean)) ** 2;
  }
  const quantile = (probability: number) => weightedQuantile(values, sortedWeights, 1 / squaredWeights, probability);
  return {
    mean,
    // Equal weights of 1 / n leave the usual divisor n - 1.
    sd: Math.sqrt(variance / (1 - squaredWeights)),
    median: quantile(0.5),
    q5: quantile(0.05),
    q95: quantile(0.95),
    mcse: Math.sqrt(errorVariance),
  };
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
