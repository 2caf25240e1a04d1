import type { Warning } from "../diagnostics/warnings.js";

/** How well a fit predicts rows, or whole groups, that it has not seen: plain data. */
export interface Loo {
  readonly kind: "loo";
  readonly engine: string;
  readonly method: "importance" | "k-fold";
  /** Null where rows are left out one by one; else the grouping factor whose groups are. */
  readonly group: string | null;
  /** Number of folds; null where each unit is left out by itself. */
  readonly folds: number | null;
  /** Draws that the densities were averaged over; of k-fold those of the whole fit. */
  readonly draws: number;
  /** Expected log predictive density of new data of this size: the sum over the units. */
  readonly elpd: LooEstimate;
  /** Effective number of parameters: by how much the fit predicts the data better than it predicts new data. */
  readonly pLoo: LooEstimate;
  /** -2 elpd. */
  readonly looic: LooEstimate;
  /** Monte Carlo standard error of the elpd; NaN where a Pareto k is too large, and for k-fold. */
  readonly mcse: number;
  /** Null for k-fold. */
  readonly waic: Waic | null;
  /** What a Pareto k must not exceed, with this many draws. */
  readonly largestReliableK: number;
  /** Units whose Pareto k exceeds that: their elpd is not to be relied on. */
  readonly unreliable: number;
  /** Units whose Pareto k is below, but by less than its standard error, so that it may be too large by chance of the draws. */
  readonly doubtful: number;
  readonly pointwise: LooPointwise;
  readonly warnings: readonly Warning[];
}

/** A sum over units, with its standard error: sqrt(n) times the standard deviation over the units. */
export interface LooEstimate {
  readonly estimate: number;
  readonly standardError: number;
}

/** The widely applicable information criterion of the same units (Watanabe 2010). */
export interface Waic {
  readonly elpd: LooEstimate;
  readonly pWaic: LooEstimate;
  readonly waic: LooEstimate;
  /** Units with a posterior variance of the log density above 0.4, for which WAIC is not to be relied on. */
  readonly unreliable: number;
  /** Per unit. */
  readonly pointwise: { readonly elpd: Float64Array; readonly pWaic: Float64Array };
}

/** How the elpd of a unit was computed. */
export type UnitMethod = "importance" | "integrated" | "refit";

/** Arrays over the units: rows in the order of the data, or the groups. */
export interface LooPointwise {
  /** Numbers of rows in the data, from 1, or names of groups. */
  readonly units: readonly (number | string)[];
  readonly elpd: Float64Array;
  readonly pLoo: Float64Array;
  /** NaN of units that were refitted without. */
  readonly paretoK: Float64Array;
  readonly mcse: Float64Array;
  readonly relativeEfficiency: Float64Array;
  readonly methods: readonly UnitMethod[];
}

/** Fits compared by their cross-validations, the best first: plain data. */
export interface LooComparison {
  readonly kind: "loo-comparison";
  readonly models: readonly ComparedLoo[];
}

/** One of the fits compared. */
export interface ComparedLoo {
  readonly label: string;
  readonly elpd: LooEstimate;
  /** elpd less that of the best, with the standard error of the difference over the units; 0 and 0 of the best. */
  readonly difference: LooEstimate;
  /** Weights of the mixture of predictive distributions that predicts best (Yao, Vehtari, Simpson & Gelman 2018). */
  readonly stackingWeight: number;
  /** exp(elpd) over the sum of those, averaged over Bayesian bootstraps of the units. */
  readonly pseudoBmaPlusWeight: number;
  /** The same without a bootstrap. */
  readonly pseudoBmaWeight: number;
  /** Units whose Pareto k is too large. */
  readonly unreliable: number;
}
