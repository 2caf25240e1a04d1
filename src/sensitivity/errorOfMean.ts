import { mcseMean } from "../diagnostics/mcse.js";
import { comparableChains } from "../diagnostics/splitChains.js";
import type { JointDraws } from "../posterior/jointDraws.js";
import { batchError } from "../summary/summariseWeighted.js";
import { meanOf } from "./weightedMoments.js";

/** The Monte Carlo standard error of the mean of a function of the draws, whose weights sum to 1. */
export function errorOfMean(
  values: Float64Array,
  { chains, batches, areOfChains }: JointDraws,
  shares: Float64Array,
): number {
  if (!areOfChains) {
    const mean = meanOf(values, shares);
    return batchError(
      values.map((value, s) => shares[s] * (value - mean)),
      batches ?? undefined,
    );
  }
  const kept = comparableChains(chains);
  const starts = chains.map((_, c) => chains.slice(0, c).reduce((total, length) => total + length, 0));
  const series = kept.chains.map((c) => values.subarray(starts[c], starts[c] + kept.draws));
  const error = series.length === 0 ? Number.NaN : mcseMean(series);
  // Values that are the same at all draws have no error.
  return Number.isFinite(error) ? error : 0;
}
