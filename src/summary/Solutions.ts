import type { EstimandSetting, LevelsByName } from "./Estimands.js";
import type { Estimate } from "./Estimate.js";

/** Where a mean takes a value: plain data. */
export interface Solutions extends EstimandSetting {
  /** The variable that is solved for. */
  readonly variable: string;
  /** The quantity of a new response in the place of the mean, as it was written: "probability(y > 3)"; null for the mean. */
  readonly quantity: string | null;
  /** The value of the mean. */
  readonly target: number;
  /** Whether the variable is a date, of which all values here are days since 1970-01-01 in UTC. */
  readonly isDate: boolean;
  /** The values of the variable that were searched. */
  readonly range: readonly [lower: number, upper: number];
  readonly rows: readonly Solution[];
  /** The solution of each row less that of each row before it. */
  readonly differences: readonly SolutionDifference[];
}

/** The value of the variable at which the mean of a cell takes the target. */
export interface Solution extends Estimate {
  readonly levels: LevelsByName;
  /** How the mean goes through the target there; "mixed" where draws differ, null where there is no solution. */
  readonly direction: "rising" | "falling" | "mixed" | null;
  /** The least and the largest mean in the range, at the median of the draws or at the estimates. */
  readonly reached: readonly [least: number, largest: number];
  /** Further values of the variable in the range at which the mean takes the target, at the median of the draws or at the estimates; the solution is the smallest. */
  readonly others: readonly number[];
  /** How many draws of a posterior have a solution; estimate and interval are of those. Null of maximum likelihood. */
  readonly draws: SolutionDraws | null;
  /**
   * The confidence set of maximum likelihood: all values of the variable at which the mean is not told from the target by Wald's test on the scale of the link, as Fieller's set of a linear model: pieces, the ends infinite where
   * a piece is unbounded. Pieces that do not meet the range are where the mean is hardly known. Null of a posterior.
   */
  readonly set: readonly (readonly [lower: number, upper: number])[] | null;
}

/** Whether the draws of a posterior have a solution in the range. */
export interface SolutionDraws {
  readonly total: number;
  /** Without one, since the mean is above the target all over the range, or below it. */
  readonly above: number;
  readonly below: number;
  /** Draws with several solutions, of which the first counts. */
  readonly several: number;
}

/** A solution less another; of the draws that have both. */
export interface SolutionDifference extends Estimate {
  readonly of: LevelsByName;
  readonly less: LevelsByName;
}
