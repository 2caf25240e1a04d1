import type { ExportReport } from "./exportTextReport.js";

/** The document of `export --json`, version 1: fields may be added, never renamed. */
export interface ExportJsonDocument extends ExportReport {
  readonly schema: 1;
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function exportJsonDocument({ to, engine, files, notes }: ExportReport): ExportJsonDocument {
  return { schema: 1, to, engine, files, notes };
}
