import { checkColumnNames } from "./columnBuilders.js";
import { columnOfValues, described } from "./columnOfValues.js";
import { DataError, quote } from "./DataError.js";
import type { Column, Table } from "./Table.js";

/** An arquero table, or anything else with these methods. */
export interface ArqueroTable {
  columnNames(): readonly string[];
  numRows(): number;
  get(name: string, row: number): unknown;
}

/** An Arrow table (flechette, apache-arrow): a column yields its values in order, null where missing. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChildAt(column: number): Iterable<unknown> | null;
}

/** Records, an object of arrays or typed arrays, an arquero or Arrow table, or a table of ours. */
export type TableInput =
  | Table
  | ArqueroTable
  | ArrowTable
  | readonly object[]
  | Readonly<Record<string, readonly unknown[] | ArrayBufferView>>;

/** Columns of values as they come, all of one length. */
interface RawTable {
  readonly names: readonly string[];
  readonly rows: number;
  /** The value of a column in a row, both from 0. */
  value(column: number, row: number): unknown;
  /** A column that cannot hold anything but numbers, copied; null for any other. */
  numbers?(column: number): Float64Array | null;
}

/**
 * Makes typed columns of data in memory. Numbers, bigints and booleans (1 and 0) make a numeric column, strings a text
 * column, Date objects a column of dates in UTC; null, undefined and NaN are missing. Bigints beyond 2^53 make a text column.
 * Strings are data as they are: unlike in a file, "" and "NA" are not missing and "7" is not a number. A column of several
 * types, or with another value such as an object, is an error of the model that uses it. Records may lack keys (missing there);
 * columns stand in order of first appearance. A table of ours is returned as it is, with its own name.
 * @param name what errors call the data
 * @throws DataError
 */
export function toTable(input: TableInput, name = "data"): Table {
  if (isTable(input)) return input;
  const raw = rawTable(input, name);
  checkColumnNames(raw.names, { name });
  const hint = "give at least one column and one row (and await a table that is still being read)";
  if (raw.names.length === 0) throw new DataError("no-rows", { name }, "there is no column", hint);
  if (raw.rows === 0) throw new DataError("no-rows", { name }, "there is no row", hint);
  const columns = raw.names.map((columnName, i): [string, Column] => [columnName, readColumn(raw, i)]);
  return { name, rows: raw.rows, columns: new Map(columns) };
}

function rawTable(input: unknown, name: string): RawTable {
  if (Array.isArray(input)) return fromRecords(input, name);
  if (typeof input !== "object" || input === null || ArrayBuffer.isView(input)) throw notTable(input, name);
  if (isArqueroTable(input)) return fromArquero(input);
  return isArrowTable(input) ? fromArrow(input, name) : fromArrays(input, name);
}

function notTable(input: unknown, name: string): DataError {
  const hint = "give an array of records, an object of arrays, an arquero or Arrow table, or the result of readTable";
  return new DataError("not-a-table", { name }, `${described(input)} is not a table`, hint);
}

function isTable(input: unknown): input is Table {
  return (
    typeof input === "object" && input !== null && "rows" in input && "columns" in input && input.columns instanceof Map
  );
}

function isArqueroTable(input: object): input is ArqueroTable {
  return hasMethod(input, "columnNames") && hasMethod(input, "numRows") && hasMethod(input, "get");
}

function isArrowTable(input: object): input is ArrowTable {
  return hasMethod(input, "getChildAt") && "schema" in input;
}

function hasMethod(input: object, method: string): boolean {
  return typeof Reflect.get(input, method) === "function";
}

function fromRecords(input: readonly unknown[], name: string): RawTable {
  const names = new Set<string>();
  const records = Array.from(input, (record, i) => {
    if (!isRecord(record)) {
      const hint = 'give each row as an object such as { count: 3, trt: "placebo" }';
      throw new DataError("not-a-record", { name, row: i + 1 }, `${described(record)} is not a record`, hint);
    }
    for (const key of Object.keys(record)) names.add(key);
    return record;
  });
  const keys = [...names];
  const value = (column: number, row: number) =>
    Object.hasOwn(records[row], keys[column]) ? records[row][keys[column]] : undefined;
  return { names: keys, rows: records.length, value };
}

function isRecord(input: unknown): input is Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}

function fromArrays(input: object, name: string): RawTable {
  const arrays = Object.entries(input).map(([columnName, values], i) => {
    if (isArrayLike(values)) return values;
    const place = { name, column: i + 1, columnName };
    throw new DataError("not-an-array", place, `${described(values)} is not an array`, "give each column as an array");
  });
  return fromColumns(Object.keys(input), arrays, name);
}

function isArrayLike(values: unknown): values is ArrayLike<unknown> {
  return Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
}

/** An iterator knows of missing values where `toArray` may show what lies beneath them. */
function fromArrow(table: ArrowTable, name: string): RawTable {
  const names = table.schema.fields.map((field) => field.name);
  const arrays = names.map((_, column) => [...(table.getChildAt(column) ?? [])]);
  return fromColumns(names, arrays, name);
}

function fromArquero(table: ArqueroTable): RawTable {
  const names = table.columnNames();
  return { names, rows: table.numRows(), value: (column, row) => table.get(names[column], row) };
}

function fromColumns(names: readonly string[], arrays: readonly ArrayLike<unknown>[], name: string): RawTable {
  const rows = arrays[0]?.length ?? 0;
  const odd = arrays.findIndex((values) => values.length !== rows);
  if (odd >= 0) {
    const place = { name, column: odd + 1, columnName: names[odd] };
    const problem = `length ${arrays[odd].length} where column ${quote(names[0])} has ${rows}`;
    throw new DataError("ragged", place, problem, "give every column one value a row, null where it is missing");
  }
  return {
    names,
    rows,
    value: (column, row) => arrays[column][row],
    numbers: (column) => numbersOf(arrays[column]),
  };
}

function numbersOf(values: ArrayLike<unknown>): Float64Array | null {
  if (values instanceof Float64Array || values instanceof Float32Array) return new Float64Array(values);
  return values instanceof Int32Array ? new Float64Array(values) : null;
}

function readColumn(raw: RawTable, column: number): Column {
  const values = raw.numbers?.(column) ?? null;
  return values !== null ? { kind: "number", values } : columnOfValues(raw.rows, (row) => raw.value(column, row));
}
