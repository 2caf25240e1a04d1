import { columnOfValues } from "./columnOfValues.js";
import { DataError } from "./DataError.js";
import { LazyColumns } from "./LazyColumns.js";
import { atOnce, isEndOfPart, type Parts } from "./parts.js";
import { type ArqueroTable, type ArrowTable, type RawColumn, type RawTable, rawTable } from "./RawTable.js";
import type { Column, Table } from "./Table.js";

export type { ArqueroTable, ArrowTable };

/** A column of values in memory: an array, a typed array, or a vector of an Arrow table. */
export type ColumnInput = readonly unknown[] | ArrayBufferView | (Iterable<unknown> & { readonly length: number });

/** An object whose properties are columns, of any class; others beside them do no harm. A promise is none. */
export type ColumnsByName = Readonly<Record<string, unknown>> | (object & { readonly then?: never });

/**
 * Records (objects or Maps), an object or Map of columns, an arquero or Arrow table, or a table of ours. Records and objects of columns may be instances of
 * classes with getters.
 */
export type TableInput =
  | Table
  | ArqueroTable
  | ArrowTable
  | readonly object[]
  | ReadonlyMap<string, ColumnInput>
  | ColumnsByName;

/**
 * Makes typed columns of data in memory. Numbers, bigints and booleans (1 and 0) make a numeric column, strings a text
 * column, Date objects a column of dates in UTC; null, undefined and NaN are missing. Bigints beyond 2^53 make a text column.
 * Strings are data as they are: unlike in a file, "" and "NA" are not missing and "7" is not a number.
 *
 * A column is read when a model first names it, and not before: leave the data as they are until then. A column of several types, with
 * another value such as an object, of another length than most columns, or with the name of another one, is an error of the model that names
 * it, and does no harm otherwise. Records may lack keys (missing there); columns stand in order of first appearance, and those without a name
 * are left out. A table of ours is returned as it is, with its own name.
 * @param name what errors call the data
 * @throws DataError
 */
export function toTable(input: TableInput, name = "data"): Table {
  return atOnce(toTableInParts(input, name));
}

/** `toTable`, with pauses where there are many records. */
export function* toTableInParts(input: TableInput, name = "data"): Parts<Table> {
  if (isTable(input)) return input;
  const raw = yield* rawTable(input, name);
  const read = columnReaders(raw);
  const hint = "give at least one column and one row (and await a table that is still being read)";
  if (read.size === 0) throw new DataError("no-rows", { name }, "there is no column", hint);
  if (raw.rows === 0) throw new DataError("no-rows", { name }, "there is no row", hint);
  return { name, rows: raw.rows, columns: new LazyColumns(read) };
}

function isTable(input: TableInput): input is Table {
  if (typeof input !== "object" || input === null || !("rows" in input) || !("columns" in input)) return false;
  return typeof input.rows === "number" && (input.columns instanceof Map || input.columns instanceof LazyColumns);
}

/** What reads each column, by its name. */
function columnReaders(raw: RawTable): Map<string, () => Parts<Column>> {
  const first = new Map<string, number>();
  const read = new Map<string, () => Parts<Column>>();
  raw.names.forEach((name, i) => {
    const before = first.get(name);
    if (before !== undefined) read.set(name, () => readColumn(raw.rows, () => namesake(before, i)));
    else if (name !== "") read.set(name, () => readColumn(raw.rows, () => raw.column(i)));
    if (before === undefined) first.set(name, i);
  });
  read.delete("");
  return read;
}

function namesake(first: number, second: number): RawColumn {
  return { problem: `the name of two columns, ${first + 1} and ${second + 1}`, hint: "rename one of them" };
}

function* readColumn(rows: number, columnOf: () => RawColumn): Parts<Column> {
  const column = columnOf();
  if ("problem" in column) return { kind: "unusable", ...column };
  if ("numbers" in column) return { kind: "number", values: column.numbers };
  if ("value" in column) return yield* columnOfValues(rows, column.value);
  const items = yield* listOf(column.list);
  return yield* columnOfValues(rows, (row) => column.valueOf(items[row]));
}

function* listOf(values: Iterable<unknown>): Parts<unknown[]> {
  const list: unknown[] = [];
  for (const value of values) {
    list.push(value);
    if (isEndOfPart(list.length)) yield;
  }
  return list;
}
