import type { Estimate } from "./Estimate.js";

/** What a fit says of a population rather than of single levels of its grouping factors: plain data. */
export interface Population {
  readonly kind: "population";
  readonly engine: string;
  /** Probability of the intervals. */
  readonly level: number;
  /** Rows that are averaged over. */
  readonly rows: number;
  /** The link of the mean. */
  readonly link: string;
  readonly coefficients: readonly PopulationCoefficient[];
  /** Null where the fixed effects say the same of all rows. */
  readonly attenuation: Attenuation | null;
  /**
   * Root mean square over the rows of the link of the marginal mean less what the marginal coefficients make of it: 0 but for rounding where these are exact, as those of identity are, and those of
   * probit and log with random intercepts alone.
   */
  readonly lackOfFit: number;
  /**
   * The variance of the linear predictor: of the fixed effects over the rows (offsets left out), of each random term averaged over the rows, and of single responses, brought to the scale of the link: the
   * latent variance of the family, the variance itself under identity, log(1 + variance / mean^2) under log; the last is absent where the family does not say it.
   */
  readonly variances: readonly VariancePart[];
  /** Moments of a response over the random effects, averaged over the rows; of a binomial response, of a single trial. */
  readonly response: ResponseMeans;
  /** Two responses of a group with the same covariates: a pair of one level of each grouping factor, and of one level of them all. */
  readonly groups: readonly PopulationGroup[];
  readonly r2: R2;
  /** For information: that rows were left out, and what has no value. */
  readonly notes: readonly string[];
}

/** A coefficient for a level whose effects are held, and for the mean over all levels. */
export interface PopulationCoefficient {
  /** "beta[post]" */
  readonly name: string;
  readonly subjectSpecific: Estimate;
  /** By least squares of the link of the marginal mean on the columns of the fixed effects; null for a column that depends on others in these rows. */
  readonly marginal: Estimate | null;
  /** The approximation for logit: beta / sqrt(1 + c^2 v), c = 16 sqrt(3) / (15 pi), v the mean variance of the random effects over the rows (Zeger, Liang & Albert 1988); null for other links. */
  readonly approximation: Estimate | null;
}

/** How much closer to each other marginal means are, on the link scale, than those of levels with the same effects. */
export interface Attenuation {
  /** The slope of the link of the marginal mean on the linear predictor at effects of zero, over the rows. */
  readonly slope: Estimate;
  /** The approximation for logit: 1 / sqrt(1 + c^2 v). */
  readonly approximation: Estimate | null;
}

/** A part of a variance. */
export interface VariancePart {
  /** "fixed effects", the grouping factor of a random term, or "observation". */
  readonly name: string;
  /** The coefficients of a random term. */
  readonly coefficients: readonly string[];
  readonly variance: Estimate;
  /** The share of the whole variance; null where the variance of single responses has no value. */
  readonly share: Estimate | null;
}

/** Moments of a response over the random effects. */
export interface ResponseMeans {
  readonly mean: Estimate;
  /** between + within */
  readonly variance: Estimate;
  /** The variance of the mean over the random effects. */
  readonly between: Estimate;
  /** The mean over the random effects of the variance of responses about their mean. */
  readonly within: Estimate;
}

/** Two responses of a group. */
export interface PopulationGroup {
  /** The grouping factors of whose level both are: one, and those that it is nested in; or all. */
  readonly factors: readonly string[];
  /** Intraclass correlation on the scale of the link; null where the variance of single responses has no value. */
  readonly link: Estimate | null;
  /** Intraclass correlation of the responses themselves: covariance / variance. */
  readonly response: Estimate;
  readonly covariance: Estimate;
}

/** Shares of variance that are explained: `marginal` by the fixed effects, `conditional` by these and the random effects. */
export interface R2 {
  /** R2 of the linear predictor (Nakagawa, Johnson & Schielzeth 2017); null where the variance of single responses has no value. */
  readonly link: { readonly marginal: Estimate; readonly conditional: Estimate } | null;
  /**
   * R2 of the responses (Gelman, Goodrich, Gabry & Vehtari 2019): the variance of means over the rows, marginal means or those with the effects of the rows' own levels, as a share of it and the mean variance
   * about them. Null of a single row; the second also of maximum likelihood, which has no draws, and of other rows than the fit's own.
   */
  readonly response: { readonly marginal: Estimate; readonly conditional: Estimate | null } | null;
}
