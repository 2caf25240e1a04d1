import type { Command } from "commander";
import {
  completeSensitivityOptions,
  type Fit,
  type MlFit,
  type Sensitivity,
  type SensitivityOptions,
  sensitivity,
} from "../index.js";
import { sensitivityJsonDocument } from "../report/sensitivityJsonDocument.js";
import { sensitivityTextReport } from "../report/sensitivityTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { interruption } from "./interruption.js";
import { searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { clockOf, type ExitCode, exitCodes, type Terminal } from "./Terminal.js";

/** What a command line gives of the options of `sensitivity`, and those of fits. */
export type SensitivityFlags = AnyFitFlags & {
  readonly quantity?: readonly string[];
  readonly threshold?: number;
  readonly powerStep?: number;
};

const ownOptions: readonly string[] = ["quantity", "threshold", "powerStep"];

/** `marginalia sensitivity`: how far priors and the likelihood decide a fit, of a model once it is fitted. */
export async function sensitivityCommand(
  path: string | undefined,
  flags: SensitivityFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { quantity = [], threshold, powerStep, ...fitting } = flags;
  const own: SensitivityOptions = { quantities: quantity, threshold, powerStep };
  completeSensitivityOptions(own); // before a large file is read
  const { result, read, isInterrupted } = await fitSource(path, fitting, command, terminal, ownOptions);
  if (isInterrupted) return exitCodes.interrupted;
  const found = await judge(result, own, terminal);
  const label = path ?? flags.formula ?? "model";
  const report = { label, sensitivity: found, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(sensitivityJsonDocument(report))}\n`);
  else terminal.stdout.write(sensitivityTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && found.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function judge(fitted: Fit | MlFit, options: SensitivityOptions, terminal: Terminal): Promise<Sensitivity> {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), "sensitivity");
  const { signal, listen, end } = interruption(terminal, "the priors had not all been weighed; nothing is shown");
  try {
    listen();
    return await sensitivity(fitted, { ...options, signal, onProgress: (progress) => display.update(progress) });
  } finally {
    end();
    display.end();
  }
}
