import type { Warning } from "../diagnostics/warnings.js";

/** The posterior under other priors: plain data. */
export interface PriorVariation {
  readonly kind: "prior-variation";
  readonly engine: string;
  /** Draws that were weighted. */
  readonly draws: number;
  /** Probability of the intervals. */
  readonly level: number;
  /** What a Pareto k must not exceed for weights to be used, with this many draws. */
  readonly largestReliableK: number;
  /** Names of the quantities, in whose order the posteriors have theirs. */
  readonly quantities: readonly string[];
  /** Under the priors of the fit. */
  readonly base: VariedPosterior;
  /** Under each combination of the varied priors. */
  readonly variants: readonly Variant[];
  /** The largest change of a posterior mean; null where nothing was varied. */
  readonly largestChange: LargestChange | null;
  readonly warnings: readonly Warning[];
}

/** A posterior in numbers, each array in the order of the quantities. */
export interface VariedPosterior {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly median: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The posterior under one combination of priors. */
export interface Variant extends VariedPosterior {
  /** The varied statements: `sd ~ half_normal(1)`. */
  readonly priors: readonly string[];
  /** How it was had: the fit's draws were weighted, or the model was fitted anew. */
  readonly method: "weights" | "refit";
  /** The Pareto k of the weights, also where they were not used; Infinity where draws do not reach all that the priors allow. */
  readonly paretoK: number;
  /** How many independent draws the weighted ones are worth, as a share of the draws. */
  readonly relativeSize: number;
  /** Changes of the posterior means, in posterior sds of the fit. */
  readonly change: Float64Array;
  /** What the new fit says against itself; empty for weights. */
  readonly warnings: readonly Warning[];
  /** Why the new fit failed, and the numbers are NaN; null where it did not. */
  readonly failure: string | null;
}

/** Where a posterior mean changes the most. */
export interface LargestChange {
  readonly quantity: string;
  readonly priors: readonly string[];
  /** In posterior sds of the fit. */
  readonly change: number;
}
