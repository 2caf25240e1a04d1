import { planMeanAutocovariance } from "./autocovariance.js";
import { effectiveSampleSize, essOfIndicator } from "./ess.js";
import { quantileOfSorted } from "./quantile.js";
import { normalScores, rankNormalise } from "./rankNormalise.js";
import { foldedRhat, splitRhat } from "./rhat.js";
import { sortedDraws, splitChains } from "./splitChains.js";

/** What a summary says of one quantity's chains. NaN as in `rhat` and the ESS functions. */
export interface Convergence {
  readonly rhat: number;
  readonly essBulk: number;
  readonly essTail: number;
  readonly essMean: number;
}

/**
 * A plan for many quantities drawn in chains of one shape: `rhat`, `essBulk`, `essTail` and `essMean` in one go, which share the
 * sort, the ranks, the normal scores and the Fourier transform. `sorted` are all draws of the chains, ascending.
 */
export function planConvergence(
  chainCount: number,
  draws: number,
): (chains: readonly Float64Array[], sorted: Float64Array) => Convergence {
  const half = Math.floor(draws / 2);
  const autocovariance = planMeanAutocovariance(half);
  const scores = normalScores(2 * chainCount * half);
  return (chains, sorted) => {
    const split = splitChains(chains);
    // Of an odd chain the halves leave out a draw.
    const sortedSplit = draws % 2 === 0 ? sorted : sortedDraws(split);
    const ranked = rankNormalise(split, sortedSplit, scores);
    const median = quantileOfSorted(sorted, 0.5);
    return {
      rhat: Math.max(splitRhat(ranked), foldedRhat(split, sortedSplit, median, scores)),
      essBulk: effectiveSampleSize(ranked, autocovariance),
      essTail: Math.min(
        essOfIndicator(split, sorted, 0.05, autocovariance),
        essOfIndicator(split, sorted, 0.95, autocovariance),
      ),
      essMean: effectiveSampleSize(split, autocovariance),
    };
  };
}
