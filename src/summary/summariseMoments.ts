import { meanOf, standardDeviationOf } from "../diagnostics/moments.js";
import type { ChainMoments } from "../posterior/Posterior.js";
import type { MarginalSummary } from "./Summary.js";

/**
 * Summary of draws that were not kept: mean and sd of all of them, the MCSE by batch means (Flegal & Jones 2010), the split R-hat of
 * Gelman et al. (2013), without ranks, from the means of half chains. There are no quantiles, and no ESS of ranks.
 */
export function summariseMoments(chains: readonly ChainMoments[]): MarginalSummary {
  const draws = sum(chains.map((chain) => chain.draws));
  const mean = sum(chains.map((chain) => (chain.draws / draws) * chain.mean));
  const squares = sum(chains.map((chain) => chain.squares + chain.draws * (chain.mean - mean) ** 2));
  const batches = chains.map(({ batchMeans }) => batchMeans);
  const batchError = standardDeviationOf(batches, meanOf(batches)) * Math.sqrt(chains[0].batchSize / draws);
  return {
    mean,
    sd: Math.sqrt(squares / (draws - 1)),
    median: Number.NaN,
    q5: Number.NaN,
    q95: Number.NaN,
    lower: Number.NaN,
    upper: Number.NaN,
    mcse: batchError,
    rhat: splitRhat(chains),
  };
}

function splitRhat(chains: readonly ChainMoments[]): number {
  const halves = chains.map(({ batchMeans }) => {
    const length = Math.floor(batchMeans.length / 2);
    return [batchMeans.subarray(0, length), batchMeans.subarray(batchMeans.length - length)].map((half) =>
      meanOf([half]),
    );
  });
  const within = chains.map(({ draws, squares, mean }, c) => {
    const between = sum(halves[c].map((half) => (draws / 2) * (half - mean) ** 2));
    return (squares - between) / (draws - 2);
  });
  const variance = sum(within) / chains.length;
  const means = Float64Array.from(halves.flat());
  const between = standardDeviationOf([means], meanOf([means])) ** 2;
  const length = sum(chains.map(({ draws }) => draws)) / means.length;
  return Math.sqrt((length - 1) / length + between / variance);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
