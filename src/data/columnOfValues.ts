import { isPromise } from "../argument/received.js";
import { LevelBuilder } from "./columnBuilders.js";
import { quote } from "./DataError.js";
import { isoDay } from "./dates.js";
import { doubtOf, levelCounts } from "./doubtOf.js";
import { eachPart, type Parts } from "./parts.js";
import type { Column, TextColumn, UnusableColumn } from "./Table.js";

type ValueType = "missing" | "number" | "large-integer" | "string" | "date" | "other";

/**
 * The column that values in memory make: numbers, text, dates, or text in doubt where types are mixed.
 * @param value the value of a row, from 0; called twice for each
 */
export function* columnOfValues(rows: number, value: (row: number) => unknown): Parts<Column> {
  const { counts, stray } = yield* countTypes(rows, value);
  if (stray >= 0) return unusable(value(stray), stray);
  const present = rows - counts.missing;
  if (counts.number === present) return { kind: "number", values: yield* collected(rows, value, asNumber) };
  if (counts.date === present) return yield* dateColumn(rows, value);
  const text = yield* textColumn(rows, value);
  if (counts.string === present) return withLabel(text, "strings");
  if (counts.number + counts["large-integer"] === present) return withLabel(text, "large-integers");
  const usual = counts.string > present / 2 ? "string" : counts.date > present / 2 ? "date" : "number";
  return { ...text, doubt: mixedTypes(text, rows, value, usual) };
}

/** How many values there are of each type, up to the first that no column can hold, whose row is `stray`; -1 where there is none. */
function* countTypes(rows: number, value: (row: number) => unknown) {
  const counts: Record<ValueType, number> = { missing: 0, number: 0, "large-integer": 0, string: 0, date: 0, other: 0 };
  let stray = -1;
  yield* eachPart(rows, (first, end) => {
    for (let row = first; row < end && stray < 0; row++) {
      const type = typeOf(value(row));
      counts[type]++;
      if (type === "other") stray = row;
    }
  });
  return { counts, stray };
}

function typeOf(value: unknown): ValueType {
  if (value === null || value === undefined) return "missing";
  if (typeof value === "number") return Number.isNaN(value) ? "missing" : "number";
  if (typeof value === "boolean") return "number";
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? "number" : "large-integer";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "other" : "date";
  return typeof value === "string" ? "string" : "other";
}

function* collected(
  rows: number,
  value: (row: number) => unknown,
  number: (value: unknown) => number,
): Parts<Float64Array> {
  const values = new Float64Array(rows);
  yield* eachPart(rows, (first, end) => {
    for (let row = first; row < end; row++) values[row] = number(value(row));
  });
  return values;
}

function asNumber(value: unknown): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}

/** Days in UTC; a day's text has a time where some value is not at midnight. */
function* dateColumn(rows: number, value: (row: number) => unknown): Parts<Column> {
  const days = yield* collected(rows, value, (date) => (date instanceof Date ? date.getTime() / 86400000 : Number.NaN));
  const hasTime = days.some((day) => !Number.isNaN(day) && !Number.isInteger(day));
  const levels = new LevelBuilder();
  yield* eachPart(rows, (first, end) => {
    for (let row = first; row < end; row++) {
      const date = value(row);
      levels.push(date instanceof Date ? (hasTime ? date.toISOString() : isoDay(days[row])) : null);
    }
  });
  return { kind: "date", days, ...levels.finish() };
}

function* textColumn(rows: number, value: (row: number) => unknown): Parts<TextColumn> {
  const levels = new LevelBuilder();
  yield* eachPart(rows, (first, end) => {
    for (let row = first; row < end; row++) {
      const cell = value(row);
      if (typeOf(cell) === "missing") levels.push(null);
      else levels.push(cell instanceof Date ? cell.toISOString() : String(cell));
    }
  });
  return { kind: "text", ...levels.finish() };
}

/** Text with its numbers, where all of it is numbers. */
function withLabel(text: TextColumn, reason: "strings" | "large-integers"): TextColumn {
  const { codes, levels } = text;
  const numbers = Float64Array.from(levels, (level) => (/\d/.test(level) ? Number(level) : Number.NaN));
  if (levels.length === 0 || !numbers.every(Number.isFinite)) return text;
  const isLarge = (code: number) => reason === "strings" || !Number.isSafeInteger(numbers[code]);
  const row = codes.findIndex((code) => code >= 0 && isLarge(code));
  const isFixedWidth = levels.every((level) => level.length === levels[0].length);
  return { ...text, label: { reason, text: levels[codes[row]], row: row + 1, isFixedWidth, numbers } };
}

/** The stray values of a column are those that are not of its usual type. */
function mixedTypes(text: TextColumn, rows: number, value: (row: number) => unknown, usual: ValueType) {
  const isStray = new Uint8Array(text.levels.length);
  for (let row = 0; row < rows; row++) {
    const type = typeOf(value(row));
    if (type !== "missing" && type !== usual) isStray[text.codes[row]] = 1;
  }
  return doubtOf(usual === "date" ? "date" : "number", "mixed-types", text, levelCounts(text), (k) => isStray[k] === 1);
}

function unusable(value: unknown, row: number): UnusableColumn {
  const hint = "give numbers, booleans, strings, Date objects, or null where a value is missing";
  return { kind: "unusable", problem: `${described(value)} in row ${row + 1}`, hint };
}

/** "the string \"x\"", "an object" */
export function described(value: unknown): string {
  if (typeof value === "string") return `the string ${quote(value)}`;
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  if (isPromise(value)) return "a Promise";
  if (typeof value === "object") return "an object";
  return typeof value === "function" ? "a function" : `the ${typeof value} ${String(value)}`;
}
