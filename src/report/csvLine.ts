/** A line of a CSV file, its end included; nothing stands for what is missing. */
export function csvLine(cells: readonly (number | string | null)[]): string {
  return `${cells.map((cell) => (typeof cell === "string" ? csvText(cell) : (cell ?? ""))).join(",")}\n`;
}

/** A text as RFC 4180 has it in a CSV file. */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
