import { planMeanAutocovariance } from "./autocovariance.js";
import { effectiveSampleSize, essOfIndicator } from "./ess.js";
import { quantileOfSorted } from "./quantile.js";
import { normalScores, rankNormalise } from "./rankNormalise.js";
import { foldedRhat, splitRhat } from "./rhat.js";
import { type SortedDraws, sortDraws } from "./sortDraws.js";
import { splitChains } from "./splitChains.js";

/** What a summary says of one quantity's chains. NaN as in `rhat` and the ESS functions. */
export interface Convergence {
  readonly rhat: number;
  readonly essBulk: number;
  readonly essTail: number;
  readonly essMean: number;
}

/**
 * A plan for many quantities drawn in chains of one shape: `rhat`, `essBulk`, `essTail` and `essMean` in one go, which share the
 * sort, the ranks, the normal scores and the Fourier transform. `sorted` are the draws of these chains.
 */
export function planConvergence(
  chainCount: number,
  draws: number,
): (chains: readonly Float64Array[], sorted: SortedDraws) => Convergence {
  const half = Math.floor(draws / 2);
  const autocovariance = planMeanAutocovariance(half);
  const scores = normalScores(2 * chainCount * half);
  return (chains, sorted) => {
    const split = splitChains(chains);
    // Of an odd chain the halves leave out a draw; of an even one they are the chains, and so is the order.
    const sortedSplit = draws % 2 === 0 ? sorted : sortDraws(split);
    const ranked = rankNormalise(sortedSplit, split.length, scores);
    const median = quantileOfSorted(sorted.values, 0.5);
    return {
      rhat: Math.max(splitRhat(ranked), foldedRhat(sortedSplit, split.length, median, scores)),
      essBulk: effectiveSampleSize(ranked, autocovariance),
      essTail: Math.min(
        essOfIndicator(split, sorted.values, 0.05, autocovariance),
        essOfIndicator(split, sorted.values, 0.95, autocovariance),
      ),
      essMean: effectiveSampleSize(split, autocovariance),
    };
  };
}
