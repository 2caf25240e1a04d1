import type { Prediction } from "../summary/Prediction.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";
import type { PredictionReport } from "./PredictionReport.js";

/** The document of `predict --json`, version 1: fields may be added, never renamed. */
export interface PredictionJsonDocument extends Pick<Prediction, "effects" | "scale" | "level" | "notes"> {
  readonly schema: 1;
  readonly engine: string;
  readonly predictions: readonly JsonPrediction[];
  /** Rows of the table that lack a value, from 1. */
  readonly droppedRows: readonly number[];
  readonly seconds: PredictionReport["seconds"];
}

interface JsonPrediction {
  /** The row of the table, from 1. */
  readonly row: number;
  /** The columns of the table that the model reads. */
  readonly at: Readonly<Record<string, number | string | null>>;
  /** What is predicted: "mean", "probability(y > 3)". */
  readonly quantity: string;
  readonly estimate: JsonNumber;
  readonly sd: JsonNumber;
  readonly lower: JsonNumber;
  readonly upper: JsonNumber;
  readonly newLevel: boolean;
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function predictionJsonDocument({
  engine,
  prediction,
  columns,
  seconds,
}: PredictionReport): PredictionJsonDocument {
  const { effects, scale, level, row, quantities, isNew, droppedRows, notes } = prediction;
  return {
    schema: 1,
    engine,
    ...{ effects, scale, level },
    predictions: Array.from(row).flatMap((ofTable, i) =>
      quantities.map(({ name, estimate, sd, lower, upper }) => ({
        row: ofTable + 1,
        at: Object.fromEntries(columns.map((column) => [column.name, column.cell(ofTable)])),
        quantity: name,
        estimate: finite(estimate[i]),
        sd: finite(sd[i]),
        lower: finite(lower[i]),
        upper: finite(upper[i]),
        newLevel: isNew[i] === 1,
      })),
    ),
    droppedRows: Array.from(droppedRows, (dropped) => dropped + 1),
    notes,
    seconds,
  };
}
