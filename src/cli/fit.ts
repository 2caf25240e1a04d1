import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  ChainError,
  type ChainProgress,
  completeFitOptions,
  EngineError,
  type Fit,
  fit,
  fitReport,
  type InlaFitOptions,
  isUntrusted,
  type LaplaceFitOptions,
  type NutsFitOptions,
  type Quality,
  type ReportContext,
  type StageProgress,
  savedModel,
} from "../index.js";
import { drawsCsv, hasDraws } from "../report/drawsCsv.js";
import type { FitReport } from "../report/FitReport.js";
import { jsonDocument } from "../report/jsonDocument.js";
import { plural } from "../report/layout.js";
import { formatCount, formatRhat } from "../report/numbers.js";
import { textReport } from "../report/textReport.js";
import { interruption } from "./interruption.js";
import { type ModelAndData, readModelAndData, type SourceFlags, withoutSource } from "./modelSource.js";
import { progressDisplay, searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { asFlags, clockOf, type ExitCode, exitCodes, reasonOf, type Terminal, UsageError } from "./Terminal.js";

/** Where results go, and what they are judged by. */
export interface OutputFlags extends Pick<ReportContext, "covariance"> {
  readonly out?: string;
  readonly json?: boolean;
  readonly digits?: number;
  readonly strict?: boolean;
}

export interface FitFlags extends SourceFlags, OutputFlags {
  readonly engine: "nuts";
  readonly chains: number;
  readonly warmup?: number;
  readonly draws?: number;
  readonly targetEss?: number;
  readonly timeLimit?: number;
  readonly seed: string;
  readonly algorithm?: "nuts" | "hmc";
  readonly parametrization: "transported" | "noncentred" | "centred";
  readonly metric?: "diagonal" | "dense";
  readonly targetAcceptance?: number;
  readonly maxTreeDepth: number;
  readonly startRadius: number;
  readonly stepSize?: number;
  readonly randomEffects: "draws" | "summary" | "none";
  readonly workers?: number;
}

/** `marginalia fit`: reads, samples, reports. */
export async function fitCommand(path: string | undefined, flags: FitFlags, terminal: Terminal): Promise<ExitCode> {
  const { out, json, digits, covariance, strict, timeLimit, ...rest } = withoutSource(flags);
  const options = timeLimit === undefined ? rest : { ...rest, timeLimitSeconds: timeLimit };
  completeFitOptions(options); // before a large file is read
  const source = await readModelAndData(path, flags);
  if (out !== undefined) await makeFolder(out);
  try {
    return await finish(await sample(source, options, terminal), source.seconds, flags, terminal);
  } catch (error) {
    if (error instanceof ChainError) return chainFailed(error, source.seconds, flags, terminal);
    throw error;
  }
}

/** A fit, and whether Ctrl-C ended it early. */
export interface Sampled {
  readonly result: Fit;
  readonly isInterrupted: boolean;
}

/** Fits with progress shown, by an engine that samples or approximates; Ctrl-C is heeded once the model is prepared. Throws InterruptedError where it left nothing. */
export async function sample(
  { model, table }: ModelAndData,
  options: NutsFitOptions | LaplaceFitOptions | InlaFitOptions,
  terminal: Terminal,
): Promise<Sampled> {
  const now = clockOf(terminal);
  const display = progressDisplay(terminal.stderr, now);
  const stages = searchDisplay(terminal.stderr, now, options.engine ?? "nuts");
  let isSampling = false;
  const { signal, listen, end } = interruption(terminal, nothingLeft(options.engine), () => {
    if (isSampling) display.note("stopping: what has been drawn is kept (Ctrl-C again to quit at once)");
  });
  try {
    const result = await fit(model, table, {
      ...options,
      onProgress(progress: ChainProgress | StageProgress) {
        listen();
        if ("stage" in progress) return stages.update(progress);
        if (!isSampling) stages.end();
        isSampling = true;
        display.update(progress);
      },
      onQuality: (quality) => display.note(qualityLine(quality)),
      signal,
    });
    return { result, isInterrupted: signal.aborted };
  } finally {
    end();
    stages.end();
    display.end();
  }
}

/** What to say of a run that Ctrl-C has ended before there was anything to keep. */
export function nothingLeft(engine: string | undefined): string {
  return engine === undefined || engine === "nuts"
    ? "the run was stopped before the first draw, while it was warming up; nothing was drawn"
    : `the engine ${engine} was stopped before it had a result`;
}

/** "1200 draws a chain: bulk ESS at least 890, R-hat at most 1.004" */
function qualityLine({ draws, minEssBulk, maxRhat }: Quality): string {
  return `${draws} draws a chain: bulk ESS at least ${formatCount(minEssBulk)}, R-hat at most ${formatRhat(maxRhat)}`;
}

/** Writes the folder of --out and prints the report, or the JSON document. `read` is the time it took to read model and data, in seconds. */
export async function finish(
  { result, isInterrupted }: Sampled,
  read: number,
  flags: OutputFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout, stderr } = terminal;
  const report = fitReport(result, { ...flags, read, total: process.uptime() });
  const isWritten = flags.out === undefined || (await writeResults(flags.out, result, report, terminal));
  if (flags.json) {
    for (const { message, advice } of report.warnings) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(jsonDocument(report))}\n`);
  } else stdout.write(textReport(report, layoutFor(stdout, flags)));
  if (isWritten && isInterrupted) return exitCodes.interrupted;
  return !isWritten || (flags.strict && isUntrusted(result)) ? exitCodes.failed : exitCodes.done;
}

/** The draws of the chains that were done are not lost with the one that failed. */
async function chainFailed(error: ChainError, read: number, flags: FitFlags, terminal: Terminal): Promise<ExitCode> {
  const { finished, message } = error;
  const say = (text: string) => terminal.stderr.write(`${text}\n`);
  say(`marginalia: ${asFlags(message)}`);
  if (finished === null) say("  no other chain was done");
  else {
    const others = plural(finished.posterior.record.chains.length, "other chain");
    if (flags.out === undefined) say(`  ${others} done by then; --out DIR would have kept the draws`);
    else if (await writeResults(flags.out, finished, fitReport(finished, { read, total: process.uptime() }), terminal))
      say(`  ${others} done by then; the draws are in ${flags.out}`);
  }
  return exitCodes.failed;
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`cannot make the folder "${folder}" of --out: ${reasonOf(error)}`);
  });
}

/** False, and a message, if that cannot be done. */
async function writeResults(folder: string, result: Fit, report: FitReport, { stderr }: Terminal): Promise<boolean> {
  try {
    await writeFile(join(folder, "fit.json"), `${JSON.stringify(jsonDocument(report), null, 2)}\n`);
    await writeFile(join(folder, "model.glmm"), `${savedModel(result)}\n`);
    if (hasDraws(result.posterior))
      await pipeline(Readable.from(drawsCsv(result.posterior)), createWriteStream(join(folder, "draws.csv")));
    return true;
  } catch (error) {
    const isOfEngine = error instanceof EngineError; // draws that are made when they are asked for
    const what = isOfEngine ? "no draws.csv" : `cannot write to the folder "${folder}" of --out`;
    stderr.write(`marginalia: ${what}: ${reasonOf(error)}\n`);
    return false;
  }
}
