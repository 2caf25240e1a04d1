/** A cell of a table; null and NaN are missing. */
export type Cell = string | number | null;

/** A line of a CSV file (RFC 4180) with its line feed; a missing cell is empty, numbers read back exactly. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "string") return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  if (Number.isNaN(cell)) return "";
  return String(cell).replace("Infinity", "Inf");
}
