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
  readonly attenuation: Attenuation | null;
  /**
   * Root mean square over the rows of the link of the marginal mean less what the marginal coefficients make of it: 0 but for rounding where these are exact, as those of identity are, and those of
   * probit and log with random intercepts alone.
   */
  readonly lackOfFit: number;
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
  /** Of logit: beta / sqrt(1 + c^2 v), c = 16 sqrt(3) / (15 pi), v the mean variance of the random effects over the rows (Zeger, Liang & Albert 1988); null for other links. */
  readonly approximation: Estimate | null;
}

/** How much closer to each other marginal means are, on the link scale, than those of levels with the same effects. */
export interface Attenuation {
  /** The slope of the link of the marginal mean on the linear predictor at effects of zero, over the rows. */
  readonly slope: Estimate;
  /** Of logit: 1 / sqrt(1 + c^2 v). */
  readonly approximation: Estimate | null;
}
