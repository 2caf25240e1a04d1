/** A univariate distribution as the language names it: `student_t(3, 0, 2.5)`. */
export interface PriorDistribution {
  readonly name: string;
  /** Its parameters in order, as error messages call them. */
  readonly parameters: readonly PriorParameter[];
  /**
   * Made for numbers that pass their parameters' checks. Throws RangeError, with a message fit for the user, where they
   * do not go together (`uniform(2, 1)`).
   */
  make(parameters: readonly number[]): Univariate;
  /** The numbers of the same distribution with its scale (or spread) multiplied by a factor; absent where it has none. */
  rescaled?(parameters: readonly number[], factor: number): readonly number[];
}

/** An argument of a prior: its name, and the values it may have. */
export interface PriorParameter {
  readonly name: string;
  /** Null if the number is allowed, else what is wrong: "must be positive". */
  check(value: number): string | null;
}

/** A distribution of one number: log density with its derivative, probabilities and quantiles. */
export interface Univariate {
  /** Support as an open interval. */
  readonly lower: number;
  readonly upper: number;
  /** Normalised; -Infinity outside the support; constant for the improper `flat`. */
  logDensity(x: number): number;
  /** d log density / dx, inside the support. */
  derivative(x: number): number;
  /** log P(lower < X < upper), by which a truncated prior is renormalised; the log width of what is in the support for `flat`. */
  logProbability(lower: number, upper: number): number;
  /** Where the log density is a quadratic on the whole line: the normal it is one of; a precision of 0 makes it flat. */
  readonly quadratic?: { readonly mean: number; readonly precision: number };
  /** The log density at a Stan expression, as an expression of Stan; a distribution without it has no Stan program. */
  stan?(x: string): string;
  /** False for `flat`. */
  readonly proper: boolean;
  /** NaN for a probability outside [0, 1] and for an improper prior. */
  quantile(probability: number): number;
}
