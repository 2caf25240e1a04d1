import { checkColumnNames, GrowingNumbers, LevelBuilder } from "./columnBuilders.js";
import { DataError, type DataPlace, quote } from "./DataError.js";
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
}

/**
 * Makes typed columns of data in memory. Numbers, bigints and booleans (1 and 0) make a numeric column, strings a text
 * column; null, undefined and NaN are missing. Strings are data as they are: unlike in a file, "" and "NA" are not
 * missing and "7" is not a number. Records may lack keys (missing there); columns stand in order of first appearance.
 * A table of ours is returned as it is, with its own name.
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
  const columns = raw.names.map((columnName, i): [string, Column] => [columnName, readColumn(raw, i, name)]);
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
  return { names, rows, value: (column, row) => arrays[column][row] };
}

/** The first value that is not missing decides between numbers and text. */
function readColumn(raw: RawTable, column: number, name: string): Column {
  let first = 0;
  while (first < raw.rows && isMissing(raw.value(column, first))) first++;
  const isText = first < raw.rows && typeof raw.value(column, first) === "string";
  const builder = isText ? new LevelBuilder() : new GrowingNumbers();
  for (let row = 0; row < raw.rows; row++) {
    const value = raw.value(column, row);
    if (!push(builder, isMissing(value) ? null : value)) {
      const place = { name, column: column + 1, row: row + 1, columnName: raw.names[column] };
      throw valueError(value, isText, place);
    }
  }
  return builder instanceof LevelBuilder
    ? { kind: "text", ...builder.finish() }
    : { kind: "number", values: builder.finish() };
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

/** Whether the column takes the value; null is missing. */
function push(builder: GrowingNumbers | LevelBuilder, value: unknown): boolean {
  if (builder instanceof LevelBuilder) {
    if (value !== null && typeof value !== "string") return false;
    builder.push(value);
    return true;
  }
  const number = value === null ? Number.NaN : exactNumber(value);
  if (number === null) return false;
  builder.push(number);
  return true;
}

function exactNumber(value: unknown): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : null;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function valueError(value: unknown, isText: boolean, place: DataPlace): DataError {
  const what = described(value);
  if (typeof value === "string" || (isText && exactNumber(value) !== null)) {
    const hint = "the first value decides: make all values of a column numbers, or all strings";
    return new DataError("mixed-column", place, `${what} in a column of ${isText ? "strings" : "numbers"}`, hint);
  }
  if (typeof value === "number") {
    return new DataError("bad-value", place, `${what} is not finite`, "give null where a value is missing");
  }
  if (typeof value === "bigint") {
    return new DataError("bad-value", place, `${what} has no exact number`, "give a label as a string");
  }
  const hint = "give numbers, booleans, strings, or null; a time as a number, such as days since the start";
  return new DataError("bad-value", place, `${what} is neither a number nor a string`, hint);
}

function described(value: unknown): string {
  if (typeof value === "string") return `the string ${quote(value)}`;
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  if (typeof value === "object") return "an object";
  return typeof value === "function" ? "a function" : `the ${typeof value} ${String(value)}`;
}
