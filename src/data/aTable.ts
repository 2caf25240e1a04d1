import { objectWith } from "../argument/kinds.js";

export const aTable = objectWith("not-a-table", "a table, as toTable or readTable returns it", {
  rows: "number",
  columns: "object",
});

export const aColumn = objectWith("not-a-column", "a column of a table", { kind: "text" });
