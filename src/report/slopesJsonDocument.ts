import type { SlopeRow, Slopes } from "../summary/Estimands.js";
import { type EstimandReport, type JsonEffectNumbers, jsonEffect } from "./estimandSections.js";

/** The document of `slopes --json`, version 1: fields may be added, never renamed. */
export interface SlopesJsonDocument extends Omit<Slopes, "rows"> {
  readonly schema: 1;
  readonly rows: readonly (Pick<SlopeRow, "variable" | "contrast" | "levels"> & JsonEffectNumbers)[];
  readonly seconds: EstimandReport<Slopes>["seconds"];
}

/** Plain data for `JSON.stringify`; null stands for a number that the data do not determine. */
export function slopesJsonDocument({ result, seconds }: EstimandReport<Slopes>): SlopesJsonDocument {
  const { rows, ...setting } = result;
  const told = rows.map((row) => {
    const { variable, contrast, levels } = row;
    return { variable, contrast, levels, ...jsonEffect(row) };
  });
  return { schema: 1, ...setting, rows: told, seconds };
}
