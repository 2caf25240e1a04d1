import { columnInParts } from "../data/LazyColumns.js";
import type { Column, Table } from "../data/Table.js";
import type { Expression } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import { isLong, type Steps } from "../math/steps.js";
import { columnNames } from "./columnNames.js";
import { numbers } from "./evaluate.js";
import { leaveOutOtherLevels } from "./namedLevels.js";
import { counted, noteAt } from "./problems.js";
import type { PredictorLine } from "./readPredictors.js";
import type { Response } from "./response.js";

/** Rows of the table, ascending. */
export interface CompleteRows {
  readonly used: Int32Array;
  /** Rows that a value is missing in, among those that the model asks for. */
  readonly dropped: Int32Array;
}

/** The expressions of the variables of all lines. */
export function expressionsRead(lines: readonly PredictorLine[]): Expression[] {
  const variables = lines.flatMap(({ formula }) => [
    ...formula.terms.flatMap((term) => term.variables),
    ...formula.offsets,
    ...formula.random.flatMap(({ terms, group }) => [...terms.flatMap((term) => term.variables), ...group]),
  ]);
  return [...new Map(variables.map(({ name, expression }) => [name, expression])).values()];
}

/** The table's columns that the model reads, each once: those a row must have values in. */
export function* columnsRead(
  response: Response,
  expressions: readonly Expression[],
  table: Table,
): Steps<Map<string, Column>> {
  const { trials, weights, errors, censoring, truncation } = response;
  // The upper end of an interval is missing where there is none.
  const cut = [censoring?.codes ?? null, truncation?.lower ?? null, truncation?.upper ?? null];
  const beside = [trials, weights, errors, ...cut].filter((expression) => expression !== null);
  const all = [response.statement.expression, ...beside, ...expressions].flatMap(columnNames);
  const columns = new Map<string, Column>();
  for (const { name } of all) {
    const column = yield* columnInParts(table, name);
    if (column === undefined || columns.has(name)) continue;
    columns.set(name, column);
    if (isLong(table.rows)) yield;
  }
  return columns;
}

/**
 * Splits the rows that the model asks for by whether a value is missing, or a level that a factor() leaves out; that is a problem where
 * no value may be missing, or where no row is left.
 */
export function completeRows(
  columns: ReadonlyMap<string, Column>,
  expressions: readonly Expression[],
  table: Table,
  asked: Int32Array,
  missing: "drop" | "error",
  response: Response,
  problems: Problem[],
): CompleteRows {
  // 0 for a row that is used.
  const left = new Uint8Array(table.rows).fill(1);
  for (let i = 0; i < asked.length; i++) left[asked[i]] = 0;
  for (const column of columns.values())
    for (let i = 0; i < asked.length; i++) if (isMissing(column, asked[i])) left[asked[i]] = 1;
  const lacking = rowsWith(1, left, asked);
  leaveOutOtherLevels(expressions, table, left, problems);
  const [used, dropped] = [rowsWith(0, left, asked), rowsWith(1, left, asked)];
  const { span } = response.statement;
  if (missing === "error" && lacking.length > 0) {
    const [first] = lacking;
    const names = [...columns].filter(([, column]) => isMissing(column, first)).map(([name]) => name);
    const where = `${counted(lacking.length, "row")} of ${table.name}`;
    const message = `values are missing in ${where}, first in row ${first + 1} (${names.join(", ")})`;
    problems.push(errorAt("missing-values", span, message, "fill them in, or let such rows be dropped"));
  } else if (used.length > 0 && dropped.length > 0)
    problems.push(droppedRows(dropped, lacking, columns, table, response));
  // An empty subset has been reported.
  const isAsked = asked.length > 0 || table.rows === 0;
  if (used.length === 0 && isAsked)
    problems.push(errorAt("no-rows", span, "no rows left", noRowsHint(columns, asked, table)));
  return { used, dropped };
}

/** What tells a program that rows are left out, with the columns that lack values in them. */
function droppedRows(
  dropped: Int32Array,
  lacking: Int32Array,
  columns: ReadonlyMap<string, Column>,
  table: Table,
  { statement }: Response,
): Problem {
  const named = [...columns]
    .filter(([, column]) => lacking.some((row) => isMissing(column, row)))
    .map(([name]) => name);
  const why = named.length > 0 ? `for missing values (${named.join(", ")})` : "for levels that factor() leaves out";
  const message = `${counted(dropped.length, "row")} of ${table.name} dropped ${why}, first row ${dropped[0] + 1}`;
  return { ...noteAt("dropped-rows", statement.span, message), hint: 'missing: "error" refuses missing values' };
}

/** Those of the rows that have this flag. */
function rowsWith(flag: number, flags: Uint8Array, rows: Int32Array): Int32Array {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (flags[rows[i]] === flag) count++;
  if (count === rows.length) return rows;
  return count === 0 ? new Int32Array(0) : rows.filter((row) => flags[row] === flag);
}

/** The rows of the table that `subset(condition)` asks for; as in R a condition that misses a value does not hold. */
export function askedRows({ subset }: Response, table: Table, problems: Problem[]): Int32Array {
  const all = new Int32Array(table.rows);
  for (let row = 0; row < all.length; row++) all[row] = row;
  if (subset === null) return all;
  const columns = columnNames(subset).flatMap(({ name }) => table.columns.get(name) ?? []);
  const rows = all.filter((row) => !columns.some((column) => isMissing(column, row)));
  const holds = numbers(subset, subset, { table, rows, problems });
  if (holds === null) return all;
  const asked = rows.filter((_, i) => holds[i] !== 0);
  if (asked.length === 0 && table.rows > 0) {
    const message = `subset(${printExpression(subset)}) holds in no row of ${table.name}`;
    problems.push(errorAt("empty-subset", subset.span, message));
  }
  return asked;
}

/** Whether a row has no value in a column. */
export function isMissing(column: Column, row: number): boolean {
  if (column.kind === "number") return Number.isNaN(column.values[row]);
  return column.kind !== "unusable" && column.codes[row] < 0;
}

function noRowsHint(columns: ReadonlyMap<string, Column>, rows: Int32Array, table: Table): string {
  if (table.rows === 0) return `${table.name} has no rows`;
  const empty = [...columns].filter(([, column]) => rows.every((row) => isMissing(column, row)));
  const which = empty.length === 0 ? "" : `; columns without any: ${empty.map(([name]) => name).join(", ")}`;
  return `each of the ${counted(rows.length, "row")} of ${table.name} lacks a value${which}`;
}
