import type { Estimate } from "../summary/Estimate.js";
import type { Solution, SolutionDifference, Solutions } from "../summary/Solutions.js";
import type { EstimandReport } from "./estimandSections.js";
import { finite, type JsonNumber } from "./jsonNumbers.js";

/** The document of `solve --json`, version 1: fields may be added, never renamed. Null stands for a number that there is not; in a set, for an end that is infinite. */
export interface SolveJsonDocument extends Omit<Solutions, "rows" | "differences"> {
  readonly schema: 1;
  readonly rows: readonly (Pick<Solution, "levels" | "direction" | "reached" | "others" | "draws"> &
    JsonEstimate & { readonly set: readonly (readonly [JsonNumber, JsonNumber])[] | null })[];
  readonly differences: readonly (Pick<SolutionDifference, "of" | "less"> & JsonEstimate)[];
  readonly seconds: EstimandReport<Solutions>["seconds"];
}

type JsonEstimate = Readonly<Record<keyof Estimate, JsonNumber>>;

/** Plain data for `JSON.stringify`, its fields in the order of the schema. */
export function solveJsonDocument({ result, seconds }: EstimandReport<Solutions>): SolveJsonDocument {
  const { rows, differences, ...setting } = result;
  return {
    schema: 1,
    ...setting,
    rows: rows.map((row) => ({
      levels: row.levels,
      ...numbers(row),
      direction: row.direction,
      reached: row.reached,
      others: row.others,
      draws: row.draws,
      set: row.set?.map(([lower, upper]) => [finite(lower), finite(upper)] as const) ?? null,
    })),
    differences: differences.map((one) => ({ of: one.of, less: one.less, ...numbers(one) })),
    seconds,
  };
}

function numbers({ estimate, sd, lower, upper }: Estimate): JsonEstimate {
  return { estimate: finite(estimate), sd: finite(sd), lower: finite(lower), upper: finite(upper) };
}
