/** What the design must know of a family in order to read a response statement. Every record of `family/` is one. */
export interface FamilySignature {
  readonly name: string;
  /** Slots in the order they are written: `binomial(size, p)`. */
  readonly slots: readonly SlotSignature[];
  /**
   * Null if the value can be a response, else what is wrong: "is not a count". `trials` is the value in the data slot
   * (1 for a family without one).
   */
  checkResponse(value: number, trials: number): string | null;
  /** Whether the first auxiliary parameter is the standard deviation of a row, so that standard errors may be known and weights divide the variance. */
  readonly dispersionIsSd?: boolean;
  /**
   * Of a response that is one of several categories in an order: its thresholds, one fewer than categories, which stand in place of an intercept; whether they ascend
   * or are any numbers. The response is then the category's number, from 1.
   */
  readonly thresholds?: "ordered" | "free";
  /**
   * Of a response that is one of several categories without an order, given by its number from 1: the line of the mean is that of each category but the first, and phi has the linear
   * predictors of those from the third on.
   */
  readonly isCategorical?: boolean;
  /** Its distribution function, which censoring and truncation need. */
  readonly cumulative?: { readonly isDiscrete: boolean };
  /** Whether a row is normal given its mean and that parameter. */
  readonly isNormal?: boolean;
}

/** A slot takes a column of the data, or one of the family's parameters; the mean must have a line of its own. */
export type SlotSignature =
  | { readonly kind: "data"; readonly name: string }
  | { readonly kind: "mean"; readonly name: string; readonly links: readonly string[] }
  | {
      readonly kind: "auxiliary";
      readonly name: string;
      readonly links: readonly string[];
      /** Positive without it. */
      readonly support?: ScalarSupport;
      /** What it is where the model gives it neither a line nor a number; without it, it is then a parameter. */
      readonly fixed?: number;
    };

/** What a parameter that is one number can be: an open interval. */
export type ScalarSupport = "positive" | "probability" | "real";
