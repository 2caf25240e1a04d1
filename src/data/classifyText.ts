import { type CellFormat, labelReason, numberIn, strayKind } from "./cells.js";
import { daysOf, type WrittenDate, writtenDate } from "./dates.js";
import { doubtOf, levelCounts, sum, sumWhere } from "./doubtOf.js";
import type { Column, Doubt, LevelledCells, NumericLabel } from "./Table.js";

/** Up to this share of the cells, and always one, are few. */
const fewCells = 0.1;
/** Above so many distinct numbers a column has been measured, not labelled; fewer do where some are fractions. */
const manyNumbers = 20;
const manyFractions = 6;

/**
 * Decides what a column of text is: numbers that are labels, dates, numbers or dates but for a few cells (which puts it in
 * doubt), or levels.
 */
export function classifyText(cells: LevelledCells, { decimal }: CellFormat): Column {
  const text = { kind: "text" as const, ...cells };
  const counts = levelCounts(cells);
  const total = sum(counts);
  const numbers = Float64Array.from(cells.levels, (level) => finiteNumber(level, decimal));
  const numeric = sumWhere(counts, (level) => !Number.isNaN(numbers[level]));
  if (total > 0 && numeric === total) return numbersOrLabels(cells, numbers);
  const doubt = numeric > 0 ? strayAmongNumbers(cells, counts, numbers) : otherNumbers(cells, counts);
  return doubt === null ? classifyDates(cells, counts) : { ...text, doubt };
}

function finiteNumber(level: string, decimal: "." | ","): number {
  const first = level.charCodeAt(0);
  // Letters come after digits, signs and white space: most levels need no closer look.
  if (first > 57 && first < 128) return Number.NaN;
  const value = numberIn(level, decimal);
  return value !== null && Number.isFinite(value) ? value : Number.NaN;
}

/** Labels are integers throughout: 9007199254740993 among fractions is a number like the others. */
function numbersOrLabels(cells: LevelledCells, numbers: Float64Array): Column {
  if (numbers.every(Number.isInteger) && cells.levels.every((level) => /^\s*[+-]?\d+\s*$/.test(level)))
    return { kind: "text", ...cells, label: numericLabel(cells, numbers) };
  const values = Float64Array.from(cells.codes, (code) => (code < 0 ? Number.NaN : numbers[code]));
  return { kind: "number", values };
}

function numericLabel({ codes, levels }: LevelledCells, numbers: Float64Array): NumericLabel {
  const reasons = levels.map((level, k) => labelReason(level, numbers[k]));
  const row = codes.findIndex((code) => code >= 0 && reasons[code] !== null);
  const code = row < 0 ? 0 : codes[row];
  const isFixedWidth = levels.every((level) => level.trim().length === levels[0].trim().length);
  return { reason: reasons[code] ?? "leading-zeros", text: levels[code], row: row + 1, isFixedWidth, numbers };
}

/** Numbers with other cells among them: doubtful where these are few, or where they are signs or numbers in another form. */
function strayAmongNumbers(cells: LevelledCells, counts: Float64Array, numbers: Float64Array): Doubt | null {
  const { levels } = cells;
  const isStray = (level: number) => Number.isNaN(numbers[level]);
  const stray = sumWhere(counts, isStray);
  const others = sumWhere(counts, (level) => isStray(level) && strayKind(levels[level]) === null);
  const total = sum(counts);
  const distinct = levels.filter((_, level) => !isStray(level)).length;
  const hasFractions = numbers.some((value) => !Number.isNaN(value) && !Number.isInteger(value));
  const isMeasured =
    distinct > (hasFractions ? manyFractions : manyNumbers) && levels.length - distinct <= distinct / 5;
  const isNumeric = others === 0 || (2 * stray < total && (others <= Math.max(1, fewCells * total) || isMeasured));
  return isNumeric ? doubtOf("number", "stray-cells", cells, counts, isStray) : null;
}

/** A column without a plain number: doubtful where most cells are numbers in another form, and the rest few or signs. */
function otherNumbers(cells: LevelledCells, counts: Float64Array): Doubt | null {
  const { levels } = cells;
  const most = Math.max(1, fewCells * sum(counts));
  let [written, others] = [0, 0];
  for (let level = 0; level < levels.length; level++) {
    const kind = writtenDate(levels[level]) === null ? strayKind(levels[level]) : null;
    if (kind === "number-format") written += counts[level];
    if (kind === null || kind === "limit") others += counts[level];
    // Text has been told for text after a tenth of it.
    if (others > most) return null;
  }
  return written > others ? doubtOf("number", "number-format", cells, counts, () => true) : null;
}

/** Dates, dates but for a few cells, or levels. */
function classifyDates(cells: LevelledCells, counts: Float64Array): Column {
  const { codes, levels } = cells;
  const text = { kind: "text" as const, ...cells };
  const total = sum(counts);
  if (isOtherText(levels, counts, Math.max(1, fewCells * total))) return text;
  const dates = levels.map(mayBeDate);
  const written = sumWhere(counts, (level) => dates[level] !== null);
  if (written === 0 || 2 * written <= total) return text;
  const order = orderOf(dates, counts);
  const days = Float64Array.from(dates, (date) => (date === null ? Number.NaN : daysOf(date, order !== "day-first")));
  const isStray = (level: number) => Number.isNaN(days[level]) || isOtherClock(dates[level], dates);
  if (sumWhere(counts, isStray) > 0) return { ...text, doubt: doubtOf("date", "stray-cells", cells, counts, isStray) };
  if (order === "unknown") return { ...text, doubt: doubtOf("date", "ambiguous-dates", cells, counts, () => true) };
  const form = order === "none" ? {} : { form: order };
  return {
    kind: "date",
    ...cells,
    ...form,
    days: Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : days[code])),
  };
}

/** Whether more than so many cells are neither dates nor signs of a missing value. */
function isOtherText(levels: readonly string[], counts: Float64Array, most: number): boolean {
  let others = 0;
  for (let level = 0; level < levels.length && others <= most; level++)
    if (mayBeDate(levels[level]) === null && strayKind(levels[level]) === null) others += counts[level];
  return others > most;
}

function mayBeDate(level: string): WrittenDate | null {
  const first = level.trim().charCodeAt(0);
  return first >= 48 && first <= 57 ? writtenDate(level) : null;
}

/** What slashes mean in the column: the order under which more cells are days of the calendar. */
function orderOf(
  dates: readonly (WrittenDate | null)[],
  counts: Float64Array,
): "month-first" | "day-first" | "unknown" | "none" {
  const either = (level: number) => dates[level]?.order === "either";
  if (!dates.some((_, level) => either(level))) return "none";
  const possible = (isMonthFirst: boolean) =>
    sumWhere(counts, (level) => {
      const date = dates[level];
      return date !== null && date.order === "either" && !Number.isNaN(daysOf(date, isMonthFirst));
    });
  const [monthFirst, dayFirst] = [possible(true), possible(false)];
  if (monthFirst === dayFirst) return "unknown";
  return monthFirst > dayFirst ? "month-first" : "day-first";
}

/** Whether the cell tells its offset from UTC where most cells do not, or the other way round. */
function isOtherClock(date: WrittenDate | null, dates: readonly (WrittenDate | null)[]): boolean {
  const timed = dates.filter((other) => other !== null && other.time !== null);
  const zoned = timed.filter((other) => other?.zone !== null).length;
  if (date === null || date.time === null || zoned === 0 || zoned === timed.length) return false;
  return (date.zone !== null) !== 2 * zoned > timed.length;
}
