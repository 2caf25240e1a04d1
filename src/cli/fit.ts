import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { styleText } from "node:util";
import { ChainError, type Fit, type FitOptions, fit, printModel } from "../index.js";
import { drawsCsv } from "../report/drawsCsv.js";
import type { FitReport } from "../report/FitReport.js";
import { jsonDocument } from "../report/jsonDocument.js";
import { textReport } from "../report/textReport.js";
import { fitReport } from "./fitReport.js";
import { readModelAndData, type SourceFlags } from "./modelSource.js";
import { type ProgressDisplay, progressDisplay } from "./progress.js";
import { type ExitCode, exitCodes, type Output, type Terminal, UsageError, widthOf } from "./Terminal.js";

export interface FitFlags extends SourceFlags {
  readonly engine: "nuts";
  readonly chains: number;
  readonly warmup: number;
  readonly draws: number;
  readonly seed: string;
  readonly algorithm: "nuts" | "hmc";
  readonly parametrization: "noncentred" | "centred";
  readonly metric: "diagonal" | "dense";
  readonly targetAcceptance: number;
  readonly maxTreeDepth: number;
  readonly stepSize?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `marginalia fit`: reads, samples, reports. */
export async function fitCommand(path: string | undefined, flags: FitFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.out !== undefined) await makeFolder(flags.out);
  const { model, table, seconds } = await readModelAndData(path, flags);
  const display = progressDisplay(terminal.stderr, () => performance.now() / 1000);
  const interrupt = interruptible(terminal);
  try {
    const result = await fit(model, table, {
      ...fitOptions(flags),
      onProgress: display.update,
      signal: interrupt.signal,
    });
    return await finish(result, seconds, flags, terminal, display);
  } catch (error) {
    display.end();
    if (error instanceof ChainError && error.finished !== null && flags.out !== undefined)
      await writeResults(flags.out, error.finished, fitReport(error.finished, seconds, process.uptime()));
    throw error;
  } finally {
    interrupt.end();
  }
}

function fitOptions(flags: FitFlags): FitOptions {
  const { engine, chains, warmup, draws, seed, algorithm, parametrization, metric, targetAcceptance, maxTreeDepth } =
    flags;
  return {
    engine,
    chains,
    warmup,
    draws,
    seed,
    algorithm,
    parametrization,
    metric,
    targetAcceptance,
    maxTreeDepth,
    missing: flags.missing,
    ...(flags.stepSize === undefined ? {} : { stepSize: flags.stepSize }),
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
  };
}

/** The first Ctrl-C ends sampling with what has been drawn, the second the program. */
function interruptible(terminal: Terminal): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
    terminal.stderr.write("stopping: what has been drawn is kept (Ctrl-C again to quit at once)\n");
  };
  terminal.once("SIGINT", stop);
  return { signal: controller.signal, end: () => terminal.off("SIGINT", stop) };
}

async function finish(
  result: Fit,
  read: number,
  flags: FitFlags,
  terminal: Terminal,
  display: ProgressDisplay,
): Promise<ExitCode> {
  result.summary();
  const report = fitReport(result, read, process.uptime());
  display.end();
  if (flags.out !== undefined) await writeResults(flags.out, result, report);
  const { stdout, stderr } = terminal;
  if (flags.json) {
    for (const { message, advice } of report.warnings) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(jsonDocument(report))}\n`);
  } else stdout.write(textReport(report, { width: widthOf(stdout), style: styleFor(stdout) }));
  return flags.strict && report.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** Bold, dim and yellow on a terminal (unless NO_COLOR is set), plain text elsewhere. */
export function styleFor({ isTTY }: Output): { bold: Paint; dim: Paint; warn: Paint } {
  const paint =
    (format: "bold" | "dim" | "yellow"): Paint =>
    (text) =>
      isTTY === true && process.env.NO_COLOR === undefined ? styleText(format, text) : text;
  return { bold: paint("bold"), dim: paint("dim"), warn: paint("yellow") };
}

type Paint = (text: string) => string;

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot write to --out ${folder}: ${error instanceof Error ? error.message : error}`);
  }
}

async function writeResults(folder: string, result: Fit, report: FitReport): Promise<void> {
  await writeFile(join(folder, "fit.json"), `${JSON.stringify(jsonDocument(report), null, 2)}\n`);
  await writeFile(join(folder, "model.glmm"), `${result.ast.source?.text.trimEnd() ?? printModel(result.ast)}\n`);
  await pipeline(Readable.from(drawsCsv(result.posterior)), createWriteStream(join(folder, "draws.csv")));
}
