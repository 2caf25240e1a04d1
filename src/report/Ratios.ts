/** exp of coefficients, the intercept's left out, with the ends of their intervals. */
export interface Ratios {
  /** "odds ratio" */
  readonly kind: string;
  /** "odds ratios" */
  readonly plural: string;
  /** exp of estimates, or of posterior medians. */
  readonly rows: readonly RatioRow[];
}

/** exp of a coefficient. */
export interface RatioRow {
  /** Of the coefficient: "beta[post]". */
  readonly name: string;
  readonly estimate: number;
  /** Ends of the interval. */
  readonly lower: number;
  readonly upper: number;
}
