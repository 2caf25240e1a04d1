/** A row's contribution to pWaic, and the error of a log CPO, beyond which they are not to be trusted. */
export const LARGEST_PENALTY = 0.4;
export const LARGEST_ERROR = 0.2;

/** How well a model predicts, by its posterior. Arrays have one number a row. */
export interface Criteria {
  /** The row of the table, from 1, that each number of an array is of, ascending; from an engine alone, the row of its view. */
  readonly rows: Int32Array;
  /** Positions of the parameters that the posterior was represented by. */
  readonly positions: number;
  readonly dic: DevianceCriterion;
  readonly waic: WidelyApplicableCriterion;
  readonly cpo: PredictiveOrdinates;
  /** Null for a family without a distribution function. */
  readonly pit: IntegralTransforms | null;
}

/**
 * Spiegelhalter, Best, Carlin & van der Linde (2002). The deviance D is -2 log p(y | eta, dispersion) with all constants; in the means it is
 * taken at the posterior means of eta and, as R-INLA does, at the posterior mode of the dispersion.
 */
export interface DevianceCriterion {
  /** meanDeviance + pD */
  readonly dic: number;
  /** Effective number of parameters: meanDeviance - devianceAtMeans. */
  readonly pD: number;
  readonly meanDeviance: number;
  readonly devianceAtMeans: number;
}

/** Watanabe (2010) and Gelman, Hwang & Vehtari (2014), with the variance of the log density as penalty. */
export interface WidelyApplicableCriterion {
  /** -2 elpd */
  readonly waic: number;
  /** Standard error of `waic`, from the spread over the rows. */
  readonly standardError: number;
  /** Expected log pointwise predictive density: lppd - pWaic. */
  readonly elpd: number;
  readonly elpdStandardError: number;
  /** Effective number of parameters. */
  readonly pWaic: number;
  /** Log pointwise predictive density. */
  readonly lppd: number;
  readonly pointwise: { readonly elpd: Float64Array; readonly pWaic: Float64Array; readonly lppd: Float64Array };
  /** Rows whose pWaic is above 0.4: there WAIC is not to be trusted (Vehtari, Gelman & Gabry 2017). */
  readonly influentialRows: number;
}

/** Conditional predictive ordinates p(y_i | y_-i), each row left out in its turn. */
export interface PredictiveOrdinates {
  readonly values: Float64Array;
  /** Sum of log CPO: the leave-one-out log predictive density, of which -2 is LOOIC. */
  readonly logScore: number;
  readonly standardError: number;
  readonly logValues: Float64Array;
  /** Error of each log CPO from the finite number of positions, which leaving a row out weighs anew. */
  readonly errors: Float64Array;
  /** Rows with an error above 0.2, or none that can be told: too influential to be left out on paper. */
  readonly failures: number;
}

/**
 * P(Y_i <= y_i | y_-i), uniform over the rows where a continuous model is right. Of counts the half of `cpo.values`, which then are
 * P(Y_i = y_i | y_-i), is to be taken off for the mid-PIT.
 */
export interface IntegralTransforms {
  readonly values: Float64Array;
  readonly isDiscrete: boolean;
}
