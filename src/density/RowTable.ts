/** Per row, each of length n. psi is the dispersion's own predictor, or the scalar dispersion. */
export interface RowPredictors {
  readonly eta: Float64Array;
  readonly psi: Float64Array;
}

/** The rows' distribution functions at their responses. */
export interface RowProbabilities {
  /** Whether single values have probabilities. */
  readonly isDiscrete: boolean;
  /** P(Y_i <= y_i | eta_i) at the predictors of a row table into `out`, length n; NaN outside the range of a mean or a dispersion. */
  evaluate(at: RowPredictors, out: Float64Array): void;
}

/** Per row, each of length n. */
export interface RowTable extends RowPredictors {
  readonly value: Float64Array;
  readonly dEta: Float64Array;
  readonly dEta2: Float64Array;
  readonly dEta3: Float64Array;
  readonly dPsi: Float64Array;
  readonly dEtaPsi: Float64Array;
  readonly dEta2Psi: Float64Array;
}

/** Rows `first` to before `end` in an order of its own: `rows` has the number of each. Arrays of rows stand in that order. */
export interface RowRange {
  readonly factor: number;
  readonly rows: Int32Array;
  readonly first: number;
  readonly end: number;
}
