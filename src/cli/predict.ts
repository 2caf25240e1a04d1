import type { Command } from "commander";
import {
  type Column,
  completePredictOptions,
  type Fit,
  type MlFit,
  type PredictOptions,
  predict,
  predictorColumns,
  type Table,
} from "../index.js";
import type { CellColumn } from "../report/PredictionReport.js";
import { predictionCsv } from "../report/predictionCsv.js";
import { predictionJsonDocument } from "../report/predictionJsonDocument.js";
import { predictionTextReport } from "../report/predictionTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { interruption } from "./interruption.js";
import { readTableFile } from "./modelSource.js";
import { searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { clockOf, type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { checkPlace, writeWhole } from "./writeWhole.js";

/** What a command line gives of the options of `predict`, and those of fits. */
export type PredictFlags = AnyFitFlags &
  Pick<PredictOptions, "scale" | "quantity" | "level"> & {
    readonly effects?: PredictOptions["effects"];
    /** A file with rows; without it those of the fit. */
    readonly new?: string;
    readonly out?: string;
    readonly json?: boolean;
    readonly digits?: number;
  };

const ownOptions: readonly string[] = ["new", "out", "effects", "scale", "quantity", "level", "digits"];
/** What goes to the fit too, where it is made first, and says how the new rows are read. */
const sharedOptions: readonly string[] = ["seed", "delimiter", "decimal", "na", "text"];

/** `marginalia predict`: what a fit says of the rows of a table, of a model once it is fitted. */
export async function predictCommand(
  path: string | undefined,
  flags: PredictFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { effects, scale, quantity, level, seed } = flags;
  const own = { effects, scale, quantity, level, seed };
  const options = completePredictOptions(own, flags.engine ?? null); // before a large file is read
  if (flags.out !== undefined) await checkPlace(flags.out);
  const start = performance.now();
  const table = flags.new === undefined ? null : await readTableFile(flags.new, flags);
  const readTable = (performance.now() - start) / 1000;
  const made = await fitSource(path, flags, command, terminal, ownOptions, sharedOptions);
  if (made.isInterrupted) return exitCodes.interrupted;
  const { result } = made;
  const prediction = await predicted(result, table, { ...own, effects: options.effects }, terminal);
  const columns = columnsOf(result, table ?? result.table);
  const seconds = { read: made.read + readTable, total: process.uptime() };
  const report = { engine: result.engine, prediction, columns, seconds };
  if (flags.out !== undefined) await writeWhole(flags.out, predictionCsv(report));
  if (flags.json) terminal.stdout.write(`${JSON.stringify(predictionJsonDocument(report))}\n`);
  else terminal.stdout.write(predictionTextReport(report, layoutFor(terminal.stdout, flags)));
  return exitCodes.done;
}

async function predicted(fit: Fit | MlFit, table: Table | null, options: PredictOptions, terminal: Terminal) {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), "predict");
  const { signal, listen, end } = interruption(terminal, "not all rows had been predicted; nothing is shown");
  try {
    listen();
    return await predict(fit, table, { ...options, signal, onProgress: (progress) => display.update(progress) });
  } finally {
    end();
    display.end();
  }
}

/** The columns of a table that the linear predictors of a model read. */
function columnsOf({ ast }: Fit | MlFit, table: Table): CellColumn[] {
  return predictorColumns(ast).flatMap((name) => {
    const column = table.columns.get(name);
    return column === undefined || column.kind === "unusable" ? [] : [{ name, cell: (row) => cellOf(column, row) }];
  });
}

function cellOf(column: Exclude<Column, { kind: "unusable" }>, row: number): number | string | null {
  if (column.kind === "number") return Number.isNaN(column.values[row]) ? null : column.values[row];
  const code = column.codes[row];
  return code < 0 ? null : column.levels[code];
}
