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
  /** Whether the dispersion is the standard deviation of a row, so that standard errors may be known and weights divide the variance. */
  readonly dispersionIsSd?: boolean;
  /** Whether a row is normal given its mean and its dispersion. */
  readonly isNormal?: boolean;
}

/** A slot takes a column of the data, or one of the family's parameters; the mean must have a line of its own. */
export type SlotSignature =
  | { readonly kind: "data"; readonly name: string }
  | { readonly kind: "mean" | "dispersion"; readonly name: string; readonly links: readonly string[] };
