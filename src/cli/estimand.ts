import type { Command } from "commander";
import { checkEstimand, type EstimandQuestion, type Fit, type MlFit, type ModelToFit } from "../index.js";
import type { EstimandReport } from "../report/estimandSections.js";
import type { ReportOptions } from "../report/layout.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { type Watch, watched } from "./watched.js";

export type EstimandFlags = AnyFitFlags;

/** What a command about quantities of a fit does. */
interface EstimandCommand<Result> {
  readonly name: string;
  /** Names of the options that are the command's own. */
  readonly ownOptions: readonly string[];
  /** What is to be asked of the fit. */
  readonly question: EstimandQuestion;
  compute(fit: Fit | MlFit, watch: Watch): Promise<Result>;
  text(report: EstimandReport<Result>, options: ReportOptions): string;
  json(report: EstimandReport<Result>): object;
}

/** Reads or makes the fit, computes and prints. */
export async function estimandCommand<Result>(
  path: string | undefined,
  flags: EstimandFlags,
  command: Command,
  terminal: Terminal,
  { name, ownOptions: own, question, compute, text, json }: EstimandCommand<Result>,
): Promise<ExitCode> {
  const check = (model: ModelToFit) => checkEstimand(model, question); // before it is fitted
  const { result: fit, isInterrupted, read } = await fitSource(path, flags, command, terminal, { own, check });
  if (isInterrupted) return exitCodes.interrupted;
  const message = "nothing had been computed; nothing is shown";
  const result = await watched(terminal, name, message, (watch) => compute(fit, watch));
  const report = { result, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(json(report))}\n`);
  else terminal.stdout.write(text(report, layoutFor(terminal.stdout, flags)));
  return exitCodes.done;
}
