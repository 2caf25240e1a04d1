import type { Command } from "commander";
import { completeResidualsOptions, type Fit, type MlFit, type ResidualsOptions, residuals } from "../index.js";
import { residualsJsonDocument } from "../report/residualsJsonDocument.js";
import { residualsTextReport } from "../report/residualsTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { interruption } from "./interruption.js";
import { searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { clockOf, type ExitCode, exitCodes, type Terminal } from "./Terminal.js";

/** What a command line gives of the options of `residuals`, and those of fits. */
export type ResidualsFlags = AnyFitFlags & Omit<ResidualsOptions, "signal" | "onProgress">;

const ownOptions: readonly string[] = ["group", "effects", "simulations"];
/** Those that a fit takes too. */
const sharedOptions: readonly string[] = ["seed"];

/** `marginalia residuals`: randomised quantile residuals of a fit, of a model once it is fitted, and their tests. */
export async function residualsCommand(
  path: string | undefined,
  flags: ResidualsFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { group, effects, simulations, ...fitting } = flags;
  const own: ResidualsOptions = { group, effects, simulations, seed: flags.seed };
  completeResidualsOptions(own); // before a large file is read
  const { result, isInterrupted, read } = await fitSource(path, fitting, command, terminal, ownOptions, sharedOptions);
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const found = await computed(result, own, terminal);
  const report = { label, residuals: found, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(residualsJsonDocument(report))}\n`);
  else terminal.stdout.write(residualsTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && found.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function computed(fitted: Fit | MlFit, options: ResidualsOptions, terminal: Terminal) {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), "residuals");
  const { signal, listen, end } = interruption(terminal, "the data had not all been simulated; nothing is shown");
  try {
    listen();
    return await residuals(fitted, { ...options, signal, onProgress: (progress) => display.update(progress) });
  } finally {
    end();
    display.end();
  }
}
