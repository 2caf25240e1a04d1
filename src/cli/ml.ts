import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  completeMlOptions,
  fit,
  isUntrustedMl,
  type MlFit,
  type MlFitOptions,
  type MlMethod,
  type MlProgress,
  mlReport,
  savedModel,
} from "../index.js";
import type { MlReport } from "../report/MlReport.js";
import { mlJsonDocument } from "../report/mlJsonDocument.js";
import { mlTextReport } from "../report/mlTextReport.js";
import { makeFolder, nothingLeft, type OutputFlags } from "./fit.js";
import { interruption } from "./interruption.js";
import { readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import { searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { clockOf, type ExitCode, exitCodes, reasonOf, type Terminal } from "./Terminal.js";

/** Those that were given; a sampler's are refused by name. */
export interface MlFlags extends SourceFlags, OutputFlags {
  readonly engine: "ml";
  readonly method?: MlMethod;
  readonly points?: number | "auto";
  readonly reml?: boolean;
  readonly scale?: "fixed" | "free";
  readonly intervals?: "wald" | "profile";
  readonly penalized?: boolean;
  readonly importanceDraws?: number;
  readonly seed?: string;
}

/** `marginalia fit --engine ml`: reads, maximises, reports. */
export async function mlCommand(path: string | undefined, flags: MlFlags, terminal: Terminal): Promise<ExitCode> {
  const { out, json, digits, covariance, strict, ...options } = withoutSource(flags);
  completeMlOptions(options); // before a large file is read
  const source = await readModelAndData(path, flags);
  if (out !== undefined) await makeFolder(out);
  const result = await shownFit(source, options, terminal);
  const report = mlReport(result, { ...flags, read: source.seconds, total: process.uptime() });
  const isWritten = out === undefined || (await writeResults(out, result, report, terminal));
  const { stdout, stderr } = terminal;
  if (json) {
    for (const { message, advice } of report.warnings) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(mlJsonDocument(report))}\n`);
  } else stdout.write(mlTextReport(report, layoutFor(stdout, flags)));
  return !isWritten || (strict && isUntrustedMl(result)) ? exitCodes.failed : exitCodes.done;
}

/** Fits with progress shown; Ctrl-C is heeded once the model is prepared. */
async function shownFit(
  { model, table }: Awaited<ReturnType<typeof readModelAndData>>,
  options: MlFitOptions,
  terminal: Terminal,
): Promise<MlFit> {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), "ml");
  const { signal, listen, end } = interruption(terminal, nothingLeft("ml"));
  const onProgress = (progress: MlProgress) => {
    listen();
    display.update(progress);
  };
  try {
    return await fit(model, table, { ...options, onProgress, signal });
  } finally {
    end();
    display.end();
  }
}

/** False, and a message, if that cannot be done. */
async function writeResults(folder: string, result: MlFit, report: MlReport, { stderr }: Terminal): Promise<boolean> {
  try {
    await writeFile(join(folder, "fit.json"), `${JSON.stringify(mlJsonDocument(report), null, 2)}\n`);
    await writeFile(join(folder, "model.glmm"), `${savedModel(result)}\n`);
    return true;
  } catch (error) {
    stderr.write(`marginalia: cannot write to the folder "${folder}" of --out: ${reasonOf(error)}\n`);
    return false;
  }
}
