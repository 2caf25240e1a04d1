import type { ContrastRow, Contrasts } from "../summary/Estimands.js";
import { type EstimandReport, type JsonEffectNumbers, jsonEffect } from "./estimandSections.js";

/** The document of `contrast --json`, version 1: fields may be added, never renamed. */
export interface ContrastsJsonDocument extends Omit<Contrasts, "rows"> {
  readonly schema: 1;
  readonly rows: readonly (Pick<ContrastRow, "contrast" | "levels"> & JsonEffectNumbers)[];
  readonly seconds: EstimandReport<Contrasts>["seconds"];
}

/** Plain data for `JSON.stringify`; null stands for a number that the data do not determine. */
export function contrastsJsonDocument({ result, seconds }: EstimandReport<Contrasts>): ContrastsJsonDocument {
  const { rows, ...setting } = result;
  const told = rows.map((row) => ({ contrast: row.contrast, levels: row.levels, ...jsonEffect(row) }));
  return { schema: 1, ...setting, rows: told, seconds };
}
