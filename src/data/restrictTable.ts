import type { Column, Table } from "./Table.js";

/** A table of some of the rows of another, in the order given; rows are counted anew. */
export function restrictTable(table: Table, rows: Int32Array): Table {
  const columns = new Map([...table.columns].map(([name, column]) => [name, restricted(column, rows)]));
  return { ...table, rows: rows.length, columns };
}

function restricted(column: Column, rows: Int32Array): Column {
  const take = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]);
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
