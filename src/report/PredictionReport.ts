import type { Prediction } from "../summary/Prediction.js";

/** What is told of the predictions of rows, as plain data. */
export interface PredictionReport {
  /** The engine of the fit. */
  readonly engine: string;
  readonly prediction: Prediction;
  /** The columns of the rows' table that the model reads. */
  readonly columns: readonly CellColumn[];
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

/** A column of a table beside predictions: numbers and texts by the row of the table, null where they are missing. */
export interface CellColumn {
  readonly name: string;
  cell(row: number): number | string | null;
}
