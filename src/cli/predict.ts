import type { Command } from "commander";
import {
  type Column,
  checkPredictDraws,
  checkPrediction,
  completePredictOptions,
  type Fit,
  type MlFit,
  type PredictOptions,
  predict,
  predictDraws,
  predictorColumns,
  type Table,
} from "../index.js";
import type { CellColumn } from "../report/PredictionReport.js";
import { predictionCsv } from "../report/predictionCsv.js";
import { predictionDrawsCsv } from "../report/predictionDrawsCsv.js";
import { predictionJsonDocument } from "../report/predictionJsonDocument.js";
import { predictionTextReport } from "../report/predictionTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { readTableFile } from "./modelSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { watched } from "./watched.js";
import { checkPlace, writeWhole } from "./writeWhole.js";

/** What a command line gives of the options of `predict`, and those of fits. */
export type PredictFlags = AnyFitFlags &
  Pick<PredictOptions, "scale" | "quantity" | "level"> & {
    readonly effects?: PredictOptions["effects"];
    /** A file with rows; without it those of the fit. */
    readonly new?: string;
    readonly out?: string;
    /** A file for the draws of all rows. */
    readonly outDraws?: string;
    readonly json?: boolean;
    readonly digits?: number;
  };

const ownOptions: readonly string[] = ["new", "out", "outDraws", "effects", "scale", "quantity", "level", "digits"];
/** What goes to the fit too, where it is made first, and says how the new rows are read. */
const sharedOptions: readonly string[] = ["seed", "delimiter", "decimal", "na", "text"];

/** `marginalia predict`: what a fit says of the rows of a table, of a model once it is fitted. */
export async function predictCommand(
  path: string | undefined,
  flags: PredictFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { effects, scale, quantity, level, new: file, out, outDraws, ...fitting } = flags;
  const { seed } = flags;
  const own = { effects, scale, quantity, level, seed };
  const options = completePredictOptions(own, flags.engine ?? null); // before a large file is read
  for (const place of [out, outDraws]) if (place !== undefined) await checkPlace(place);
  const start = performance.now();
  const table = file === undefined ? null : await readTableFile(file, flags);
  const readTable = (performance.now() - start) / 1000;
  const asked = { ...own, effects: options.effects };
  const made = await fitSource(path, fitting, command, terminal, {
    own: ownOptions,
    shared: sharedOptions,
    check: (model) => (outDraws === undefined ? checkPrediction : checkPredictDraws)(model, table, asked),
  });
  if (made.isInterrupted) return exitCodes.interrupted;
  const { result } = made;
  const message = "not all rows had been predicted; nothing is shown";
  const prediction = await watched(terminal, "predict", message, (watch) =>
    predict(result, table, { ...asked, ...watch }),
  );
  if (outDraws !== undefined)
    await watched(terminal, "predict", `not all draws had been written; "${outDraws}" is left as it was`, (watch) =>
      writeWhole(outDraws, predictionDrawsCsv(predictDraws(result, table, { ...asked, ...watch }))),
    );
  const columns = columnsOf(result, table ?? result.table);
  const seconds = { read: made.read + readTable, total: process.uptime() };
  const report = { engine: result.engine, prediction, columns, seconds };
  if (out !== undefined) await writeWhole(out, predictionCsv(report));
  if (flags.json) terminal.stdout.write(`${JSON.stringify(predictionJsonDocument(report))}\n`);
  else terminal.stdout.write(predictionTextReport(report, layoutFor(terminal.stdout, flags)));
  return exitCodes.done;
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
