import { columnInParts, LazyColumns } from "./LazyColumns.js";
import type { Parts } from "./parts.js";
import type { Column, Table } from "./Table.js";

/** A table of some of the rows of another, in the order given; rows are counted anew. Its columns are made when they are asked for. */
export function restrictTable(table: Table, rows: Int32Array): Table {
  const read = [...table.columns.keys()].map((name) => [name, () => restrictedColumn(table, name, rows)] as const);
  return { ...table, rows: rows.length, columns: new LazyColumns(new Map(read)) };
}

function* restrictedColumn(table: Table, name: string, rows: Int32Array): Parts<Column> {
  const column = yield* columnInParts(table, name);
  if (column === undefined) throw new RangeError(`the table has no column ${name}`);
  return restricted(column, rows);
}

function restricted(column: Column, rows: Int32Array): Column {
  const take = (values: Float64Array) => new Float64Array(rows.length).map((_, i) => values[rows[i]]);
  switch (column.kind) {
    case "number":
      return { ...column, values: take(column.values) };
    case "text":
      return { ...column, codes: rows.map((row) => column.codes[row]) };
    case "date":
      return { ...column, codes: rows.map((row) => column.codes[row]), days: take(column.days) };
    default:
      return column;
  }
}
