/** How far the scale of each prior can be changed before a conclusion changes: plain data. */
export interface TippingPoints {
  readonly kind: "tipping-points";
  readonly engine: string;
  /** The conclusion as it was stated: `beta[trt] < 0 with probability 0.95`. */
  readonly conclusion: string;
  /** The probability that it asks for. */
  readonly asked: number;
  /** The posterior probability under the priors of the fit, with its Monte Carlo standard error, and whether that is as much as is asked for. */
  readonly probability: number;
  readonly mcse: number;
  readonly holds: boolean;
  /** Factors from 1 / range to range were looked at. */
  readonly range: number;
  /** One for each prior statement, and for each default. */
  readonly statements: readonly StatementTipping[];
}

/** Where a conclusion changes along the scale of one prior statement. */
export interface StatementTipping {
  /** What the prior is on: `beta`, `sd[subject, post]`. */
  readonly prior: string;
  /** `normal(0, 2.5)` */
  readonly distribution: string;
  /** The tipping points with the scale made smaller and larger; null where there is no scale. */
  readonly smaller: TippingPoint | null;
  readonly larger: TippingPoint | null;
  /** Why there is no scale; null where there is one. */
  readonly problem: string | null;
}

/** The first factor on the scale of a prior at which a conclusion changes. */
export interface TippingPoint {
  /** Null where it does not change as far as was looked. */
  readonly factor: number | null;
  /** The prior there: `normal(0, 0.31)`; as far as was looked where it does not change. */
  readonly distribution: string;
  /** The factor at the end of the search, which is that of the range unless a limit of new fits ended it before. */
  readonly searchedTo: number;
  /** The posterior probability of the conclusion at that end, or at the factor. */
  readonly probability: number;
  /** New fits on the way, where weights could not be relied on. */
  readonly refits: number;
}
