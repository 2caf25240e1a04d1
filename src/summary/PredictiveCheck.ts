import type { Warning } from "../diagnostics/warnings.js";

/** A fit's data beside data that were replicated from it: plain data. Rows are those used, in the order of the table. */
export interface PredictiveCheck {
  readonly kind: "ppc";
  readonly engine: string;
  /** What random effects replicated data have: "marginal", those of new groups; "conditional", those of the fit's own. */
  readonly effects: "marginal" | "conditional";
  /** The grouping factors of random effects; empty for a model without. */
  readonly factors: readonly string[];
  /** Data sets, R. */
  readonly replicates: number;
  /** Probability of the intervals. */
  readonly level: number;
  readonly statistics: readonly TestStatistic[];
  /** The same statistics of the rows of each group; null where they were not asked for. */
  readonly groups: {
    readonly name: string;
    readonly levels: readonly {
      readonly level: string;
      readonly rows: number;
      readonly statistics: readonly TestStatistic[];
    }[];
  } | null;
  /** Null of single 0/1 outcomes. */
  readonly frequencies: Frequencies | null;
  /** Calibration of binary and binomial responses; null of others. */
  readonly calibration: Calibration | null;
  /** Numbers of the rows in the data, from 1. */
  readonly rows: Int32Array;
  readonly observed: Float64Array;
  /** Of responses that are categories the names of these, responses being their numbers, from 1; else null. */
  readonly categories: readonly string[] | null;
  /** The first few of the data sets, each of the length of `rows`. */
  readonly replicated: readonly Float64Array[];
  readonly warnings: readonly Warning[];
}

/** A statistic of the data, and of the replicated data. NaN where the rows do not have it, as one row has no sd. */
export interface TestStatistic {
  /** "zeros", "q90" */
  readonly name: string;
  readonly observed: number;
  readonly mean: number;
  readonly sd: number;
  readonly lower: number;
  readonly upper: number;
  /** Share of the replicated data sets with at least the observed value. */
  readonly above: number;
  /** Share with at most the observed value. */
  readonly below: number;
  /** Length R: its values; of groups it is left out. */
  readonly values?: Float64Array;
}

/** How many rows have responses in each bin. */
export interface Frequencies {
  /** Whether bins hold whole numbers from `lower` to `upper`, both included; else those from `lower` to less than `upper`. The outer bins may be open: to Infinity. */
  readonly isDiscrete: boolean;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly observed: Float64Array;
  /** Means over the replicated data sets, and ends of their intervals. */
  readonly expected: Float64Array;
  readonly expectedLower: Float64Array;
  readonly expectedUpper: Float64Array;
}

/** Observed proportions beside predicted probabilities, rows in bins of similar predictions. */
export interface Calibration {
  readonly rows: Int32Array;
  readonly trials: Float64Array;
  /** Mean predicted probability of the bin's trials. */
  readonly predicted: Float64Array;
  readonly observed: Float64Array;
  /** Between which proportions that the model replicates lie: where `observed` should. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}
