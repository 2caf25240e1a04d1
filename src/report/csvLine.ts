/** A line of a CSV file, its end included; NA stands for what is missing. */
export function csvLine(cells: readonly (number | string | null)[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}

function csvCell(cell: number | string | null): string {
  if (cell === null || Number.isNaN(cell)) return "NA";
  return typeof cell === "string" ? csvText(cell) : String(cell);
}

/** A text as RFC 4180 has it in a CSV file. */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
