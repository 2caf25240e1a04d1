/**
 * Per row: the linear predictor of the mean, length n, and m columns of length n for the family's other parameters, each its linear predictor, or
 * the parameter itself where it is one number for all rows.
 */
export interface RowPredictors {
  readonly eta: Float64Array;
  readonly psi: readonly Float64Array[];
}

/** The rows' distribution functions at their responses. */
export interface RowProbabilities {
  /** Whether single values have probabilities. */
  readonly isDiscrete: boolean;
  /** P(Y_i <= y_i | eta_i) at the predictors of a row table into `out`, length n; NaN outside the range of a parameter. */
  evaluate(at: RowPredictors, out: Float64Array): void;
}

/** Per row: log densities and their derivatives, of length n, those in psi in columns like its. */
export interface RowTable extends RowPredictors {
  readonly value: Float64Array;
  readonly dEta: Float64Array;
  readonly dEta2: Float64Array;
  readonly dEta3: Float64Array;
  readonly dPsi: readonly Float64Array[];
  readonly dEtaPsi: readonly Float64Array[];
  readonly dEta2Psi: readonly Float64Array[];
}

/** Rows `first` to before `end` in an order of its own: `rows` has the number of each. Arrays of rows stand in that order. */
export interface RowRange {
  readonly factor: number;
  readonly rows: Int32Array;
  readonly first: number;
  readonly end: number;
}
