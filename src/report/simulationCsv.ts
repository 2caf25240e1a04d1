import type { Simulation } from "../summary/Simulation.js";

/** The cells of a table, by the names of its columns. */
export interface SimulatedRows {
  readonly columns: readonly string[];
  /** The text of a cell of row `row` of the table, from 0. */
  cell(column: string, row: number): string;
}

/** Lines `draw,row,<response>,mean`, draws and rows counted from 1, each with its line feed; what could not be simulated is empty. */
export function* tidySimulation({ response, values, means, row }: Simulation): Generator<string, void> {
  yield `${["draw", "row", response, "mean"].map(quoted).join(",")}\n`;
  for (const [s, drawn] of values.entries()) {
    const lines = Array.from(row, (place, i) => `${s + 1},${place + 1},${number(drawn[i])},${number(means[s][i])}\n`);
    yield lines.join("");
  }
}

/**
 * The table with a column of responses for each data set, `<response>.1` and so on, or `<response>` where there is one: data that a model is fitted to. Columns of the table that are called so
 * are left out.
 */
export function* wideSimulation(
  { response, values, row }: Simulation,
  { columns, cell }: SimulatedRows,
): Generator<string, void> {
  const names = values.length === 1 ? [response] : values.map((_, s) => `${response}.${s + 1}`);
  const kept = columns.filter((column) => column !== response && !names.includes(column));
  yield `${[...kept, ...names].map(quoted).join(",")}\n`;
  for (const [i, place] of row.entries()) {
    const cells = kept.map((column) => quoted(cell(column, place)));
    yield `${[...cells, ...values.map((drawn) => number(drawn[i]))].join(",")}\n`;
  }
}

function number(value: number): string {
  return Number.isFinite(value) ? String(value) : "";
}

/** RFC 4180 */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
