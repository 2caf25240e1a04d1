import type { Warning } from "../diagnostics/warnings.js";

/** What each row, or each group, has to do with a fit: plain data, arrays over the units, rows in the order of the table. */
export interface Influence {
  readonly kind: "influence";
  readonly engine: string;
  /** Null for rows; else the grouping factor whose groups are left out. */
  readonly group: string | null;
  /** "importance": by weights over the draws; "one-step": of maximum likelihood, by a Newton step from its estimates. */
  readonly method: "importance" | "one-step";
  /** Numbers of rows in the data, from 1, or names of groups. */
  readonly units: readonly (number | string)[];
  /** Names of the parameters. */
  readonly parameters: readonly string[];
  /** `[parameter][unit]`: the posterior mean, or estimate, without the unit less that with it, in posterior sds or standard errors. */
  readonly shifts: readonly Float64Array[];
  /** d' V^-1 d / p, d the change of the p coefficients of the mean without the unit, V their covariance matrix: as Cook's distance. */
  readonly cook: Float64Array;
  /** Kullback-Leibler distance of the posterior without the unit from that with it; NaN of maximum likelihood. */
  readonly divergence: Float64Array;
  /** Information of the rows about their linear predictors times the posterior variances of these, which of a linear model is the hat matrix's diagonal; of groups the sum over its rows. NaN of maximum likelihood. */
  readonly leverage: Float64Array;
  /** Pareto k of the weights; NaN of maximum likelihood. */
  readonly paretoK: Float64Array;
  /** What a Pareto k must not exceed; NaN of maximum likelihood. */
  readonly largestReliableK: number;
  readonly warnings: readonly Warning[];
}
