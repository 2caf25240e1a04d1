import type { Warning } from "../diagnostics/warnings.js";

/** Randomised quantile residuals of a fit's rows, and what they tell: plain data. Rows are those used, in the order of the table. */
export interface QuantileResiduals {
  readonly kind: "residuals";
  readonly engine: string;
  /** What random effects the predictive distributions have: "marginal", those of new groups; "conditional", those of the fit's own. */
  readonly effects: "marginal" | "conditional";
  /** The grouping factors of random effects; empty for a model without. */
  readonly factors: readonly string[];
  /** "exact": by the family's distribution function, averaged over the draws; "simulated": by ranks among simulated responses, of a family without one. */
  readonly method: "exact" | "simulated";
  /** Data sets simulated, R: draws that the distributions are averaged over, and what tests compare with. */
  readonly simulations: number;
  /** Numbers of the rows in the data, from 1. */
  readonly rows: Int32Array;
  readonly observed: Float64Array;
  /** Predictive means. */
  readonly fitted: Float64Array;
  /** P(Y <= y), of counts drawn between P(Y < y) and P(Y <= y): uniform on (0, 1) where the model is right. */
  readonly residuals: Float64Array;
  readonly tests: readonly ResidualTest[];
  /** Counts of residuals in ten equal parts of (0, 1), and ends of the intervals of 90% of simulated data sets. */
  readonly histogram: { readonly observed: Float64Array; readonly lower: Float64Array; readonly upper: Float64Array };
  /** Null where no groups were asked for. */
  readonly groups: {
    readonly name: string;
    readonly levels: readonly {
      readonly level: string;
      readonly rows: number;
      readonly meanResidual: number;
      readonly tests: readonly ResidualTest[];
    }[];
  } | null;
  readonly warnings: readonly Warning[];
}

/** A test of residuals against data simulated from the fit, whose rows depend on one another as the model says. */
export interface ResidualTest {
  /** Uniformity by Kolmogorov and Smirnov's distance; variance of the residuals; number of zeros; of rows beyond all simulated responses. */
  readonly name: "uniformity" | "dispersion" | "zeros" | "outliers";
  readonly observed: number;
  /** The mean of the simulated data sets. */
  readonly expected: number;
  /** Share of the simulated data sets that are as far out, on both sides but for uniformity. */
  readonly pValue: number;
  /** The p value if rows were independent: by Kolmogorov's limit, by the binomial distribution; null for the others. */
  readonly independentPValue: number | null;
}
