import {
  EngineError,
  type Fit,
  fitReport,
  isUntrusted,
  isUntrustedMl,
  type MlFit,
  mlReport,
  type ReportContext,
} from "../index.js";
import type { FitReport } from "../report/FitReport.js";
import { jsonDocument } from "../report/jsonDocument.js";
import type { MlReport } from "../report/MlReport.js";
import { mlJsonDocument } from "../report/mlJsonDocument.js";
import { mlTextReport } from "../report/mlTextReport.js";
import { textReport } from "../report/textReport.js";
import { explanation } from "./explanation.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, reasonOf, type Terminal, UsageError } from "./Terminal.js";

/** Where results go, and what they are judged by. */
export interface OutputFlags extends Pick<ReportContext, "covariance"> {
  readonly out?: string;
  readonly json?: boolean;
  readonly digits?: number;
  readonly strict?: boolean;
}

/** A fit that a command is about. */
export interface Made<F extends Fit | MlFit = Fit | MlFit> {
  readonly result: F;
  /** Whether Ctrl-C ended it early. */
  readonly isInterrupted: boolean;
  /** Seconds to read the model and its data, or the folder that it was saved in. */
  readonly read: number;
}

/** Writes the folder of --out and prints the report, or the JSON document. */
export async function finish(
  { result, isInterrupted, read }: Made,
  flags: OutputFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const context = { ...flags, read, total: process.uptime() };
  const report = "ml" in result ? mlReport(result, context) : fitReport(result, context);
  const written = flags.out === undefined ? exitCodes.done : await writeResults(flags.out, result, context, terminal);
  print(report, flags, terminal);
  if (written !== exitCodes.done) return written;
  if (isInterrupted) return exitCodes.interrupted;
  const isBad = "ml" in result ? isUntrustedMl(result) : isUntrusted(result);
  return flags.strict && isBad ? exitCodes.failed : exitCodes.done;
}

function print(report: FitReport | MlReport, flags: OutputFlags, { stdout, stderr }: Terminal): void {
  const isMl = isOfMl(report);
  if (flags.json) {
    for (const { message, advice } of report.warnings) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(isMl ? mlJsonDocument(report) : jsonDocument(report))}\n`);
    return;
  }
  const layout = layoutFor(stdout, flags);
  stdout.write(isMl ? mlTextReport(report, layout) : textReport(report, layout));
}

function isOfMl(report: FitReport | MlReport): report is MlReport {
  return "terms" in report;
}

/** Makes the folder of --out, before anything long is done. */
export async function makeFolder(folder: string): Promise<void> {
  const failed = (what: string) => (error: unknown) => {
    throw new UsageError(`cannot ${what} the folder "${folder}" of --out: ${reasonOf(error)}`);
  };
  const { checkWritable, makeFolders } = await import("../folder/makeFolders.js");
  await makeFolders(folder).catch(failed("make"));
  await checkWritable(folder).catch(failed("write to"));
}

/** An exit code other than `done`, and a message, if that cannot be done. Draws that are made when they are asked for may fail: the rest is written. */
export async function writeResults(
  folder: string,
  result: Fit | MlFit,
  context: ReportContext,
  { stderr }: Pick<Terminal, "stderr">,
): Promise<ExitCode> {
  const { save } = await import("../folder/save.js"); // only --out has need of it
  try {
    await save(result, folder, context);
    return exitCodes.done;
  } catch (error) {
    const isOfDraws = error instanceof EngineError && "posterior" in result;
    stderr.write(`marginalia: ${isOfDraws ? "no draws.csv: " : ""}${reasonOf(error)}\n`);
    if (isOfDraws) await writeResults(folder, withoutJointDraws(result), context, { stderr });
    return isOfDraws ? exitCodes.failed : explanation(error).code;
  }
}

function withoutJointDraws(fit: Fit): Fit {
  const { engine, parameters, randomEffects, linearCombinations, criteria, record } = fit.posterior;
  const sums = linearCombinations && { linearCombinations };
  return { ...fit, posterior: { engine, parameters, randomEffects, ...sums, ...(criteria && { criteria }), record } };
}
