import { type Criteria, LARGEST_ERROR, LARGEST_PENALTY } from "../posterior/Criteria.js";
import { labelled, plural } from "./layout.js";
import { formatError, formatNumber } from "./numbers.js";

/** Rows that are named before "and so many more". */
const MOST_NAMED = 5;

/** DIC, WAIC and the leave-one-out log score, each with what it is made of, and the rows that they are not to be trusted for. */
export function criteriaSection({ rows, dic, waic, cpo }: Criteria, width: number): string[] {
  const influential = named(rows, waic.pointwise.pWaic, LARGEST_PENALTY);
  const failed = named(rows, cpo.errors, LARGEST_ERROR);
  return labelled(
    [
      ["DIC", `${one(dic.dic)}, pD ${one(dic.pD)}`],
      ["WAIC", `${one(waic.waic)} (standard error ${formatError(waic.standardError)}), pWAIC ${one(waic.pWaic)}`],
      [
        "leave-one-out",
        `log score ${one(cpo.logScore)} (standard error ${formatError(cpo.standardError)}), the sum of log CPO; ` +
          plural(cpo.failures, "failure"),
      ],
      ...(influential === null
        ? []
        : [note(`pWAIC above ${LARGEST_PENALTY} in ${influential}: prefer leave-one-out to WAIC`)]),
      ...(failed === null
        ? []
        : [note(`CPO not to be trusted in ${failed}: refit without ${cpo.failures === 1 ? "it" : "them"}`)]),
    ],
    width,
    2,
  );
}

function note(text: string): [string, string] {
  return ["note", text];
}

/** "2 rows (3, 17)", of those with a value above the limit or none; null where there are none. */
function named(rows: Int32Array, values: Float64Array, limit: number): string | null {
  const found = rows.filter((_, i) => !(values[i] <= limit));
  if (found.length === 0) return null;
  const more = found.length > MOST_NAMED ? ", ..." : "";
  return `${plural(found.length, "row")} (${[...found.subarray(0, MOST_NAMED)].join(", ")}${more})`;
}

function one(value: number): string {
  return formatNumber(value, -1);
}
