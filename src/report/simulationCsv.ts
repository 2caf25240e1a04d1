import type { Simulation } from "../summary/Simulation.js";

/** The cells of a table, by the names of its columns. */
export interface SimulatedRows {
  readonly columns: readonly string[];
  /** The text of a cell of row `row` of the table, from 0. */
  cell(column: string, row: number): string;
}

/** Lines `draw,row,<response>,mean`, draws and rows counted from 1, each with its line feed; what could not be simulated is empty. Categories are named, with their linear predictor in place of a mean. */
export function* tidySimulation(simulation: Simulation): Generator<string, void> {
  const { response, values, means, row, categories } = simulation;
  const cell = responseCell(simulation);
  yield `${["draw", "row", response, categories === null ? "mean" : "mu"].map(quoted).join(",")}\n`;
  for (const [s, drawn] of values.entries()) {
    const lines = Array.from(row, (place, i) => `${s + 1},${place + 1},${cell(drawn[i])},${number(means[s][i])}\n`);
    yield lines.join("");
  }
}

/**
 * The table with a column of responses for each data set, `<response>.1` and so on, or `<response>` where there is one: data that a model is fitted to. Columns of the table that are called so
 * are left out.
 */
export function* wideSimulation(simulation: Simulation, { columns, cell }: SimulatedRows): Generator<string, void> {
  const { response, values, row } = simulation;
  const ofResponse = responseCell(simulation);
  const names = values.length === 1 ? [response] : values.map((_, s) => `${response}.${s + 1}`);
  const kept = columns.filter((column) => column !== response && !names.includes(column));
  yield `${[...kept, ...names].map(quoted).join(",")}\n`;
  for (const [i, place] of row.entries()) {
    const cells = kept.map((column) => quoted(cell(column, place)));
    yield `${[...cells, ...values.map((drawn) => ofResponse(drawn[i]))].join(",")}\n`;
  }
}

function responseCell({ categories }: Simulation): (value: number) => string {
  return categories === null ? number : (value) => quoted(categories[value - 1] ?? "");
}

function number(value: number): string {
  return Number.isFinite(value) ? String(value) : "";
}

/** RFC 4180 */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
