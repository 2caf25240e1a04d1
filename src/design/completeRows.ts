import type { Column, Table } from "../data/Table.js";
import type { Expression } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { columnNames } from "./columnNames.js";
import { leaveOutOtherLevels } from "./namedLevels.js";
import type { PredictorLine } from "./predictorLines.js";
import { counted } from "./problems.js";
import type { Response } from "./response.js";

/** Rows of the table, ascending. */
export interface CompleteRows {
  readonly used: Int32Array;
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
export function columnsRead(response: Response, expressions: readonly Expression[], table: Table): Map<string, Column> {
  const names = expressions.flatMap(columnNames);
  const all = [response.statement.column, ...(response.trials === null ? [] : [response.trials]), ...names];
  return new Map(
    all.flatMap(({ name }) => {
      const column = table.columns.get(name);
      return column === undefined ? [] : [[name, column]];
    }),
  );
}

/**
 * Splits the rows by whether a value is missing, or a level that a factor() leaves out; that is a problem where no value may be
 * missing, or where no row is left.
 */
export function completeRows(
  columns: ReadonlyMap<string, Column>,
  expressions: readonly Expression[],
  table: Table,
  missing: "drop" | "error",
  response: Response,
  problems: Problem[],
): CompleteRows {
  const incomplete = new Uint8Array(table.rows);
  for (const column of columns.values()) {
    for (let row = 0; row < table.rows; row++) if (isMissing(column, row)) incomplete[row] = 1;
  }
  const first = incomplete.indexOf(1);
  const lacking = countOf(incomplete);
  leaveOutOtherLevels(expressions, table, incomplete, problems);
  const dropped = new Int32Array(countOf(incomplete));
  const used = new Int32Array(table.rows - dropped.length);
  for (let row = 0, kept = 0; row < table.rows; row++) {
    if (incomplete[row] === 0) used[kept++] = row;
    else dropped[row - kept] = row;
  }
  const { span } = response.statement;
  if (missing === "error" && lacking > 0) {
    const names = [...columns].filter(([, column]) => isMissing(column, first)).map(([name]) => name);
    const where = `${counted(lacking, "row")} of ${table.name}`;
    const message = `values are missing in ${where}, first in row ${first + 1} (${names.join(", ")})`;
    problems.push(errorAt("missing-values", span, message, "fill them in, or let such rows be dropped"));
  }
  if (used.length === 0) problems.push(errorAt("no-rows", span, "no rows left", noRowsHint(columns, table)));
  return { used, dropped };
}

function countOf(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + flag, 0);
}

function isMissing(column: Column, row: number): boolean {
  if (column.kind === "number") return Number.isNaN(column.values[row]);
  return column.kind !== "unusable" && column.codes[row] < 0;
}

function noRowsHint(columns: ReadonlyMap<string, Column>, table: Table): string {
  if (table.rows === 0) return `${table.name} has no rows`;
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const empty = [...columns].filter(([, column]) => rows.every((row) => isMissing(column, row)));
  const which = empty.length === 0 ? "" : `; columns without any: ${empty.map(([name]) => name).join(", ")}`;
  return `each of the ${counted(table.rows, "row")} of ${table.name} lacks a value${which}`;
}
