import { checkArgument } from "../argument/checkArgument.js";
import { aText } from "../argument/kinds.js";
import { aColumn } from "./aTable.js";
import { isoDay } from "./dates.js";
import { describeDoubt, describeLabel } from "./describeDoubt.js";
import type { Column, DateColumn, NumberColumn, TextColumn } from "./Table.js";

/** Levels that are listed. */
const shownLevels = 8;

/** How a column was read: its type, its range or levels, and how many values are missing. */
export function describeColumn(name: string, column: Column): string {
  checkArgument(aText, name, "describeColumn", "name");
  checkArgument(aColumn, column, "describeColumn", "column");
  if (column.kind === "unusable") return `${column.problem}: not usable`;
  const missing = missingIn(column);
  const parts = [contents(name, column), ...(missing === 0 ? [] : [`${missing} missing`])];
  return parts.join(", ");
}

function contents(name: string, column: NumberColumn | TextColumn | DateColumn): string {
  switch (column.kind) {
    case "number":
      return `number, ${range(column.values, rounded)}`;
    case "date":
      return `${dateType(column)}, ${range(column.days, isoDay)}`;
    default:
      return column.doubt === undefined ? textContents(column) : describeDoubt(name, column.doubt).message;
  }
}

function textContents({ label, levels }: TextColumn): string {
  const type = label === undefined ? "text" : `text (${describeLabel(label)})`;
  const count = `${levels.length} level${levels.length === 1 ? "" : "s"}`;
  const more = levels.length > shownLevels ? ", ..." : "";
  return `${type}, ${count}: ${levels.slice(0, shownLevels).join(", ")}${more}`;
}

function dateType({ form, days }: DateColumn): string {
  const type = days.some((day) => !Number.isNaN(day) && !Number.isInteger(day)) ? "date and time" : "date";
  if (form === undefined) return type;
  return `${type} (${form === "day-first" ? "day/month/year" : "month/day/year"})`;
}

function missingIn(column: NumberColumn | TextColumn | DateColumn): number {
  let missing = 0;
  if (column.kind === "number") for (const value of column.values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const code of column.codes) missing += code < 0 ? 1 : 0;
  return missing;
}

/** "0 to 20", "3 throughout", "without a value" */
function range(values: Float64Array, print: (value: number) => string): string {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return "without a value";
  return least === most ? `${print(least)} throughout` : `${print(least)} to ${print(most)}`;
}

function rounded(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}
