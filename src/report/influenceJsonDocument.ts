import type { Influence } from "../summary/Influence.js";
import type { InfluenceReport } from "./influenceTextReport.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";

/** The document of `influence --json`, version 1: fields may be added, never renamed. */
export interface InfluenceJsonDocument
  extends Pick<Influence, "engine" | "group" | "method" | "parameters" | "warnings"> {
  readonly schema: 1;
  readonly label: string;
  readonly largestReliableK: JsonNumber;
  readonly units: readonly ({
    readonly unit: number | string;
    readonly shifts: Readonly<Record<string, JsonNumber>>;
  } & Readonly<Record<"cook" | "divergence" | "leverage" | "paretoK", JsonNumber>>)[];
  readonly trusted: boolean;
  readonly seconds: InfluenceReport["seconds"];
}

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function influenceJsonDocument({ label, influence, seconds }: InfluenceReport): InfluenceJsonDocument {
  const { engine, group, method, parameters, shifts, largestReliableK, units, warnings } = influence;
  return {
    schema: 1,
    label,
    engine,
    group,
    method,
    parameters,
    largestReliableK: finite(largestReliableK),
    units: units.map((unit, u) => ({
      unit,
      shifts: Object.fromEntries(parameters.map((name, k) => [name, finite(shifts[k][u])])),
      cook: finite(influence.cook[u]),
      divergence: finite(influence.divergence[u]),
      leverage: finite(influence.leverage[u]),
      paretoK: finite(influence.paretoK[u]),
    })),
    trusted: warnings.length === 0,
    warnings,
    seconds,
  };
}
