import type { Command } from "commander";
import { completeInfluenceOptions, type Fit, type InfluenceOptions, influence, type MlFit } from "../index.js";
import { influenceJsonDocument } from "../report/influenceJsonDocument.js";
import { influenceTextReport } from "../report/influenceTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { interruption } from "./interruption.js";
import { searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { clockOf, type ExitCode, exitCodes, type Terminal } from "./Terminal.js";

/** What a command line gives of the options of `influence`, and those of fits. */
export type InfluenceFlags = AnyFitFlags & Pick<InfluenceOptions, "group">;

/** `marginalia influence`: what each row or group has to do with a fit, or with a model once it is fitted. */
export async function influenceCommand(
  path: string | undefined,
  flags: InfluenceFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { group, ...fitting } = flags;
  completeInfluenceOptions({ group }); // before a large file is read
  const { result, isInterrupted, read } = await fitSource(path, fitting, command, terminal, ["group"]);
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const found = await computed(result, { group }, terminal);
  const report = { label, influence: found, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(influenceJsonDocument(report))}\n`);
  else terminal.stdout.write(influenceTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && found.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function computed(fitted: Fit | MlFit, options: InfluenceOptions, terminal: Terminal) {
  const display = searchDisplay(terminal.stderr, clockOf(terminal), "influence");
  const { signal, listen, end } = interruption(terminal, "the rows had not all been left out; nothing is shown");
  try {
    listen();
    return await influence(fitted, { ...options, signal, onProgress: (progress) => display.update(progress) });
  } finally {
    end();
    display.end();
  }
}
