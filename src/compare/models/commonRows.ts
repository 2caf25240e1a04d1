import { restrictTable } from "../../data/restrictTable.js";
import type { Table } from "../../data/Table.js";
import type { Design } from "../../design/Design.js";
import type { Comparison } from "./Comparison.js";

/** The table of the rows that both models use, and the note that says so; null where they use the same ones. */
export function onCommonRows(
  a: Design,
  b: Design,
  table: Table,
): { readonly table: Table; readonly note: Comparison["notes"][number] } | null {
  const rowsOfB = new Set(b.rowIndex);
  const common = a.rowIndex.filter((row) => rowsOfB.has(row)).sort();
  if (common.length === a.rows && common.length === b.rows) return null;
  const advice = "fit a model by itself to have the estimates of all its rows";
  const message = `compared on the ${common.length} rows that both models use; by itself A uses ${a.rows}, B ${b.rows}`;
  return { table: restrictTable(table, common), note: { code: "common-rows", message, advice } };
}
