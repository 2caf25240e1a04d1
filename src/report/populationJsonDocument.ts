import type { Population } from "../summary/Population.js";
import type { PopulationReport } from "./populationTextReport.js";

/** The document of `population --json`, version 1: fields may be added, never renamed. A number that is not finite is null. */
export interface PopulationJsonDocument extends Omit<Population, "kind"> {
  readonly schema: 1;
  readonly label: string;
  readonly seconds: PopulationReport["seconds"];
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function populationJsonDocument({ label, population, seconds }: PopulationReport): PopulationJsonDocument {
  const { kind: _, ...fields } = population;
  return { schema: 1, label, ...fields, seconds };
}
