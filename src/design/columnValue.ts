import { isMissingSign } from "../data/cells.js";
import { quote } from "../data/DataError.js";
import { isoDay } from "../data/dates.js";
import { describeDoubt, describeLabel } from "../data/describeDoubt.js";
import type { Column, DateColumn, Table, TextColumn, UnusableColumn } from "../data/Table.js";
import type { Expression, Name, Span } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { columnNames } from "./columnNames.js";
import { type Evaluation, finite } from "./Evaluation.js";
import { factorOfCodes } from "./factor.js";
import { gather } from "./gather.js";
import { noteAt, warningAt } from "./problems.js";
import type { FactorValue, Value } from "./Value.js";

/** What a column is by its bare name: numbers, days, or a factor. Null where it has no value, which has been reported. */
export function columnValue(name: Name, evaluation: Evaluation): Value | null {
  const column = evaluation.table.columns.get(name.name);
  if (column === undefined) return null;
  switch (column.kind) {
    case "number":
      return finite(gather(column.values, evaluation.rows), name, evaluation);
    case "date":
      return { kind: "number", values: daysSinceOrigin(name, column, evaluation) };
    case "text":
      return refuseDoubt(name, column, evaluation) || refuseAmbiguousLabel(name, column, evaluation)
        ? null
        : warnedOfManyLevels(name, levelsOf(column, evaluation), evaluation);
    default:
      return refuseUnusable(name, column, evaluation);
  }
}

/** The levels of a text by its bare name; above one in two rows it was hardly meant as a factor. */
function warnedOfManyLevels({ name, span }: Name, value: FactorValue, { rows, problems }: Evaluation): FactorValue {
  const { length } = value.levels;
  if (length > 5 && 2 * length > rows.length) {
    const message = `${name} is text with ${length} levels in ${rows.length} rows, such as ${quote(value.levels[0])}`;
    problems.push(warningAt("many-levels", span, message, "each has a coefficient of its own: look how it was read"));
  }
  return value;
}

/** What a column is as a grouping factor: dates and numbers that are labels have their text as levels. */
export function groupingColumn(name: Name, evaluation: Evaluation): Value | null {
  const column = evaluation.table.columns.get(name.name);
  if (column?.kind === "date") return levelsOf(column, evaluation);
  if (column?.kind !== "text") return columnValue(name, evaluation);
  const isRefused = column.doubt?.reason !== "ambiguous-dates" && refuseDoubt(name, column, evaluation);
  return isRefused ? null : levelsOf(column, evaluation);
}

/** A column in factor(): its texts as levels, whatever they look like; null where it has none. */
export function levelsOfColumn(column: Column | undefined, evaluation: Evaluation): FactorValue | null {
  return column?.kind === "text" || column?.kind === "date" ? levelsOf(column, evaluation) : null;
}

/** The levels of a column in all its rows, or those of its factor where it has numbers. */
export function allLevels(column: Column | undefined, { levels }: FactorValue): readonly string[] {
  return column?.kind === "text" || column?.kind === "date" ? column.levels : levels;
}

/** The numbers of a column whose text is kept for its levels, where arithmetic asks for them. */
export function numbersOfLabel(expression: Expression, { table, rows }: Evaluation): Float64Array | null {
  const column = expression.type === "name" ? table.columns.get(expression.name) : undefined;
  if (column?.kind !== "text" || column.label === undefined) return null;
  const { numbers } = column.label;
  return Float64Array.from(rows, (row) => numbers[column.codes[row]]);
}

/** Reports a column in doubt; whether it is one. A response or a number of trials may not be a factor. */
export function refuseDoubt(
  { name, span }: Name,
  { doubt }: TextColumn,
  { problems }: Evaluation,
  mayBeFactor = true,
): boolean {
  if (doubt === undefined) return false;
  const { message, hint } = describeDoubt(name, doubt, mayBeFactor);
  problems.push(errorAt("column-in-doubt", span, message, hint));
  return true;
}

export function refuseUnusable({ name, span }: Name, column: UnusableColumn, { problems }: Evaluation): null {
  problems.push(errorAt("unusable-column", span, `${name} has ${column.problem}`, column.hint));
  return null;
}

function levelsOf({ codes, levels }: TextColumn | DateColumn, { rows }: Evaluation): FactorValue {
  return factorOfCodes(
    rows.map((row) => codes[row]),
    levels,
  );
}

/**
 * Numbers with leading zeros by a bare name: text where all have the same width, as codes have, which a note says; else levels
 * or numbers may be meant, and the model has to say which.
 */
function refuseAmbiguousLabel({ name, span }: Name, { label }: TextColumn, { problems }: Evaluation): boolean {
  if (label === undefined) return false;
  const ways = `for its texts as levels, factor(${name}); for numbers, I(${name})`;
  const message = `${name} is a factor: ${describeLabel(label)}`;
  if (label.isFixedWidth || label.reason === "large-integers") {
    problems.push(noteAt("numeric-label", span, `${message}; for numbers, I(${name})`));
    return false;
  }
  problems.push(errorAt("numeric-label", span, `${name} may be numbers or text: ${describeLabel(label)}`, ways));
  return true;
}

/** Warns of levels that often stand for a missing value, of columns by their bare names. */
export function warnOfMissingSigns(expressions: readonly Expression[], table: Table, problems: Problem[]): void {
  for (const { name, span } of expressions.filter((expression) => expression.type === "name")) {
    const column = table.columns.get(name);
    if (column?.kind !== "text" || column.doubt !== undefined) continue;
    warnOfLikeLevels(name, span, column.levels, problems);
    const sign = column.levels.findIndex(isMissingSign);
    if (sign < 0) continue;
    const text = quote(column.levels[sign]);
    const message = `${name} has the level ${text}, first in row ${column.codes.indexOf(sign) + 1}, which often stands for a missing value`;
    problems.push(warningAt("missing-sign", span, message, `if it does, give --na ${text}`));
  }
}

/** Levels that are compared with one another; identifiers are more. */
const mostLevelsCompared = 200;

/** Warns of two levels that a reader would take for one. */
function warnOfLikeLevels(name: string, span: Span | undefined, levels: readonly string[], problems: Problem[]): void {
  if (levels.length > mostLevelsCompared) return;
  const first = new Map<string, string>();
  for (const level of levels) {
    const plain = level.trim().replaceAll(/\s+/g, " ").toLowerCase();
    const other = first.get(plain);
    first.set(plain, level);
    if (other === undefined) continue;
    const message = `${name} has the levels ${quote(other)} and ${quote(level)}, which differ in white space or capitals only`;
    problems.push(warningAt("like-levels", span, message, "if they are one level, write it in one way"));
    return;
  }
}

function daysSinceOrigin(name: Name, column: DateColumn, { rows, dateOrigin, problems }: Evaluation): Float64Array {
  const origin = dateOrigin ?? firstDay(column);
  problems.push(noteAt("days", name.span, `${name.name} counts days from ${isoDay(origin)}`));
  return Float64Array.from(rows, (row) => column.days[row] - origin);
}

/** The first day of a column's dates. */
function firstDay({ days }: DateColumn): number {
  let first = Number.POSITIVE_INFINITY;
  for (const day of days) if (day < first) first = day;
  return Math.floor(first);
}

/** The first day of all dates that an expression reads, so that differences between them are right. */
export function dateOriginOf(expression: Expression, table: Table): number {
  const columns = columnNames(expression).flatMap(({ name }) => table.columns.get(name) ?? []);
  return Math.min(...columns.flatMap((column) => (column.kind === "date" ? [firstDay(column)] : [])));
}
