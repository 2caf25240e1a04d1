import type { Command } from "commander";
import { checkResiduals, completeResidualsOptions, type ResidualsOptions, residuals } from "../index.js";
import { residualsJsonDocument } from "../report/residualsJsonDocument.js";
import { residualsTextReport } from "../report/residualsTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { watched } from "./watched.js";

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
  const { result, isInterrupted, read } = await fitSource(path, fitting, command, terminal, {
    own: ownOptions,
    shared: sharedOptions,
    check: (model) => checkResiduals(model, own),
  });
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const message = "the data had not all been simulated; nothing is shown";
  const found = await watched(terminal, "residuals", message, (watch) => residuals(result, { ...own, ...watch }));
  const report = { label, residuals: found, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(residualsJsonDocument(report))}\n`);
  else terminal.stdout.write(residualsTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && found.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}
