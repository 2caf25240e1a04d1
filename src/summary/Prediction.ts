/** What predictions make of the random effects; there is no default, for each answers another question. */
export const effectsChoices = ["conditional", "marginal", "zero"] as const;
/** One of `effectsChoices`. */
export type EffectsChoice = (typeof effectsChoices)[number];

/** What is predicted: the linear predictor, the mean of the response, or new responses. */
export const predictionScales = ["link", "mean", "response"] as const;
/** One of `predictionScales`. */
export type PredictionScale = (typeof predictionScales)[number];

/** What is known of one thing that is predicted of m rows, each array of length m. */
export interface PredictedColumn {
  /** Posterior medians, means of new responses; of maximum likelihood the values at its estimates. */
  readonly estimate: Float64Array;
  /** Posterior sds; of maximum likelihood standard errors by the delta method. */
  readonly sd: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A quantity of the distributions of new responses, or what a scale says. */
export interface PredictedQuantity extends PredictedColumn {
  /** "probability(y > 3)"; the scale where no quantities were asked for. */
  readonly name: string;
}

/** Predictions of rows: plain data, each array of length m; its own columns are those of the first of its quantities. */
export interface Prediction extends PredictedColumn {
  readonly effects: EffectsChoice;
  /** Null where quantities were asked for. */
  readonly scale: PredictionScale | null;
  /** In the order that they were asked for; of a scale one. */
  readonly quantities: readonly PredictedQuantity[];
  /** Probability of the intervals. */
  readonly level: number;
  /** Rows of the table, from 0, ascending. */
  readonly row: Int32Array;
  /** 1 where a row has a level of a grouping factor that the fit has not. */
  readonly isNew: Uint8Array;
  /** Rows that were left out because they lack a value, from 0. */
  readonly droppedRows: Int32Array;
  /** For information: that rows were left out, and how dates were counted. */
  readonly notes: readonly string[];
}

/** Draws of what is predicted of one row. */
export interface RowDraws {
  /** The row of the table, from 0. */
  readonly row: number;
  /** Whether it has a level of a grouping factor that the fit has not. */
  readonly isNew: boolean;
  /** In the order that they were asked for, or what a scale says; length S each, a value for each draw. */
  readonly quantities: readonly { readonly name: string; readonly values: Float64Array }[];
  /** Length S, the same of every row: weights of the draws, which sum to 1; null where all count the same. */
  readonly weights: Float64Array | null;
}
