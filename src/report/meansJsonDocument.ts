import type { LevelsByName, Means } from "../summary/Estimands.js";
import { type EstimandReport, type JsonEstimandNumbers, jsonNumbers } from "./estimandSections.js";

/** The document of `means --json`, version 1: fields may be added, never renamed. */
export interface MeansJsonDocument extends Omit<Means, "rows"> {
  readonly schema: 1;
  readonly rows: readonly ({ readonly levels: LevelsByName } & JsonEstimandNumbers)[];
  readonly seconds: EstimandReport<Means>["seconds"];
}

/** Plain data for `JSON.stringify`; null stands for a number that the data do not determine. */
export function meansJsonDocument({ result, seconds }: EstimandReport<Means>): MeansJsonDocument {
  const { rows, ...setting } = result;
  return { schema: 1, ...setting, rows: rows.map((row) => ({ levels: row.levels, ...jsonNumbers(row) })), seconds };
}
