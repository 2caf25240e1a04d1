import { isPromise } from "../argument/received.js";
import { described } from "./columnOfValues.js";
import { DataError } from "./DataError.js";
import { eachPart, type Parts } from "./parts.js";

/** Columns of values as they come. */
export interface RawTable {
  readonly names: readonly string[];
  readonly rows: number;
  /** The values of a column, by its position from 0; called when a model names the column. */
  column(position: number): RawColumn;
}

/** The values of a column, or why it has none that a model can use. */
export type RawColumn =
  | { readonly value: (row: number) => unknown }
  | { readonly numbers: Float64Array }
  | { readonly list: Iterable<unknown>; readonly valueOf: (item: unknown) => unknown }
  | { readonly problem: string; readonly hint: string };

/** An arquero table, or anything else with these methods. */
export interface ArqueroTable {
  columnNames(): readonly string[];
  numRows(): number;
  get(name: string, row: number): unknown;
}

/** An Arrow table (flechette, apache-arrow): a column yields its values in order, null where missing. */
export interface ArrowTable {
  /** Fields by their names; `typeId` is 8 for dates and 10 for timestamps, whose values may be milliseconds. */
  readonly schema: {
    readonly fields: readonly { readonly name: string; readonly type?: { readonly typeId?: number } }[];
  };
  readonly numRows?: number;
  getChildAt(column: number): Iterable<unknown> | null;
}

/** Reads the shape of a table in memory, and none of its values. Throws DataError where it is no table. */
export function* rawTable(input: unknown, name: string): Parts<RawTable> {
  if (Array.isArray(input)) return yield* fromRecords(input, name);
  if (typeof input !== "object" || input === null) throw notTable(input, name);
  if (isArqueroTable(input)) return fromArquero(input);
  if (isArrowTable(input)) return fromArrow(input);
  const hint = hintFor(input);
  if (hint !== null) throw notTable(input, name, hint);
  return input instanceof Map ? fromMap(input, name) : fromObject(input, name);
}

const tables =
  "give an array of records, an object or Map of arrays, an arquero or Arrow table, or the result of readTable or parseTable";

function notTable(input: unknown, name: string, hint = tables): DataError {
  return new DataError("not-a-table", { name }, `${described(input)} is not a table`, hint);
}

/** What to give in place of an object that is no table, though it holds or promises one; null for others. */
function hintFor(input: object): string | null {
  if (isPromise(input)) return "write await before the call that returned it";
  if (Symbol.asyncIterator in input) return "collect its rows in an array first, by for await";
  if (hasMethod(input, "next") || input instanceof Set) return "give its rows as an array: [...rows]";
  if (isColumn(input)) return "give columns by their names: { x: column }";
  if (ArrayBuffer.isView(input)) return tables;
  const isParsed = ["data", "errors", "meta"].every((key) => key in input) && !isColumn(Reflect.get(input, "meta"));
  return isParsed ? "this is what Papa Parse returns: give its data" : null;
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

function fromArquero(table: ArqueroTable): RawTable {
  const names = table.columnNames();
  return { names, rows: table.numRows(), column: (k) => ({ value: (row) => table.get(names[k], row) }) };
}

/** Type ids of Arrow's dates and timestamps. */
const dateTypes: ReadonlySet<number | undefined> = new Set([8, 10]);

/** A column is read by its iterator, which knows of missing values where `toArray` may show what lies beneath them. */
function fromArrow(table: ArrowTable): RawTable {
  const { fields } = table.schema;
  const column = (k: number): RawColumn => ({
    list: table.getChildAt(k) ?? [],
    valueOf: dateTypes.has(fields[k].type?.typeId) ? dateOf : asItIs,
  });
  const rows = table.numRows ?? [...(table.getChildAt(0) ?? [])].length;
  return { names: fields.map((field) => field.name), rows, column };
}

function asItIs(value: unknown): unknown {
  return value;
}

function dateOf(value: unknown): unknown {
  return typeof value === "number" ? new Date(value) : value;
}

/** A row: an object or a Map, by the names of columns. */
type RecordInput = Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;

function* fromRecords(input: readonly unknown[], name: string): Parts<RawTable> {
  const names = new Set<string>();
  const inherited = new Accessors();
  const records: RecordInput[] = [];
  yield* eachPart(input.length, (first, end) => {
    for (let row = first; row < end; row++) {
      const record = recordAt(input, row, name);
      for (const key of record instanceof Map ? record.keys() : Object.keys(record))
        if (typeof key === "string") names.add(key);
      for (const key of inherited.of(record)) names.add(key);
      records.push(record);
    }
  });
  const keys = [...names];
  const field = (record: RecordInput, key: string): unknown => {
    if (record instanceof Map && record.has(key)) return record.get(key);
    return Object.hasOwn(record, key) || inherited.of(record).has(key) ? Reflect.get(record, key) : undefined;
  };
  return { names: keys, rows: records.length, column: (k) => ({ value: (row) => field(records[row], keys[k]) }) };
}

function recordAt(input: readonly unknown[], row: number, name: string): RecordInput {
  const record = input[row];
  if (isRecord(record)) return record;
  const hint = 'give each row as an object such as { count: 3, trt: "placebo" }';
  throw new DataError("not-a-record", { name, row: row + 1 }, `${described(record)} is not a record`, hint);
}

function isRecord(input: unknown): input is RecordInput {
  if (typeof input !== "object" || input === null || Array.isArray(input) || ArrayBuffer.isView(input)) return false;
  return !(input instanceof Set || input instanceof Date || input instanceof Promise);
}

/** The properties that objects of a class have by accessors of their class and its ancestors, which `Object.keys` leaves out. */
class Accessors {
  readonly #known = new Map<object, ReadonlySet<string>>();

  of(instance: object): ReadonlySet<string> {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (typeof prototype !== "object" || prototype === null || builtIn.includes(prototype)) return none;
    const known = this.#known.get(prototype) ?? new Set([...this.of(prototype), ...ownAccessors(prototype)]);
    this.#known.set(prototype, known);
    return known;
  }
}

const none: ReadonlySet<string> = new Set();
/** Whose accessors are no columns, as `size` of a Map. */
const builtIn: readonly object[] = [Object.prototype, Map.prototype];

function ownAccessors(prototype: object): string[] {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return descriptors.flatMap(([key, { get }]) => (get !== undefined && key !== "__proto__" ? [key] : []));
}

function fromObject(input: object, name: string): RawTable {
  const names = [...new Set([...Object.keys(input), ...new Accessors().of(input)])];
  const values = names.map((key): unknown => Reflect.get(input, key));
  return fromColumns(names, values, name);
}

function fromMap(input: ReadonlyMap<unknown, unknown>, name: string): RawTable {
  const named = [...input].filter((entry): entry is [string, unknown] => typeof entry[0] === "string");
  const values = named.map(([, column]) => column);
  return fromColumns(
    named.map(([key]) => key),
    values,
    name,
  );
}

type Values = Iterable<unknown> & { readonly length: number };

/** The number of rows is the length that most columns have; a column of another is no column of the table. */
function fromColumns(names: readonly string[], columns: readonly unknown[], name: string): RawTable {
  const lengths = columns.flatMap((values) => (isColumn(values) ? [values.length] : []));
  if (lengths.length === 0 && names.length > 0) {
    const place = { name, column: 1, columnName: names[0] };
    const hint = columns.every(isRecord) ? `${notArrayHint}, or records as an array, without keys` : notArrayHint;
    throw new DataError("not-an-array", place, `${described(columns[0])} is not an array`, hint);
  }
  const rows = mostFrequent(lengths);
  return { names, rows, column: (k) => columnOf(columns[k], rows) };
}

const notArrayHint = "give each column as an array";

/** An array, a typed array, or a vector as Arrow has it. */
function isColumn(values: unknown): values is Values {
  if (typeof values !== "object" || values === null || values instanceof DataView) return false;
  return "length" in values && typeof values.length === "number" && Symbol.iterator in values;
}

function isIndexed(values: Values): values is ArrayLike<unknown> & Values {
  return Array.isArray(values) || ArrayBuffer.isView(values);
}

/** The larger of two that are as frequent; 0 of none. */
function mostFrequent(lengths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].sort(([a, times], [b, others]) => others - times || b - a).at(0)?.[0] ?? 0;
}

function columnOf(values: unknown, rows: number): RawColumn {
  if (!isColumn(values)) return { problem: `${described(values)} in place of an array`, hint: notArrayHint };
  if (values.length !== rows) {
    const problem = `length ${values.length} where the table has ${rows} rows`;
    return { problem, hint: "give every column one value a row, null where it is missing" };
  }
  if (values instanceof Float64Array || values instanceof Float32Array || values instanceof Int32Array)
    return { numbers: new Float64Array(values) };
  return isIndexed(values) ? { value: (row) => values[row] } : { list: values, valueOf: asItIs };
}
