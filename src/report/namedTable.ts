import { type Style, type TableColumn, table } from "./layout.js";

/** A table with a name for each row, under a dimmed header; nothing without rows. */
export function namedTable(
  rows: readonly { readonly name: string }[],
  columns: readonly TableColumn[],
  width: number,
  style: Style,
): string[] {
  if (rows.length === 0) return [];
  const [header, ...lines] = table(
    rows.map(({ name }) => name),
    columns,
    width,
  );
  return [style.dim(header), ...lines];
}
