/** What a variable of a formula is on the rows used. */
export type Value = NumberValue | PolynomialValue | FactorValue;

export interface NumberValue {
  readonly kind: "number";
  /** Length n, finite. */
  readonly values: Float64Array;
}

/** poly(x, k) */
export interface PolynomialValue {
  readonly kind: "polynomial";
  /** One column of length n a degree. */
  readonly columns: readonly Float64Array[];
}

/** A factor: its levels, and the level of each row. */
export interface FactorValue {
  readonly kind: "factor";
  /** Length n: the position of each row's level. */
  readonly codes: Int32Array;
  /** Every one of them occurs. */
  readonly levels: readonly string[];
  /** Treatment contrasts are against the first level; sum contrasts have none for the last. */
  readonly coding: "treatment" | "sum";
}
