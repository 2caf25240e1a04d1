import type { Style, TableColumn } from "./layout.js";
import { namedTable } from "./namedTable.js";

/** Tables with as many columns as the width takes, one under the other; the names stay. */
export function wideTable(
  names: readonly string[],
  columns: readonly TableColumn[],
  width: number,
  style: Style,
): string[] {
  const widthOf = ({ header, cells }: TableColumn) => 2 + Math.max(header.length, ...cells.map((cell) => cell.length));
  const left = width - Math.max(...names.map((name) => name.length));
  const groups: TableColumn[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const column of columns) {
    used += widthOf(column);
    if (used > left) {
      groups.push([]);
      used = widthOf(column);
    }
    groups[groups.length - 1].push(column);
  }
  const rows = names.map((name) => ({ name }));
  return groups.flatMap((group, k) => [
    ...(k === 0 ? [] : [""]),
    ...namedTable(rows, group, width, style).map((line) => line.trimEnd()),
  ]);
}
