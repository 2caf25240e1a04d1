import type { Command } from "commander";
import { checkInfluence, completeInfluenceOptions, type InfluenceOptions, influence } from "../index.js";
import { influenceJsonDocument } from "../report/influenceJsonDocument.js";
import { influenceTextReport } from "../report/influenceTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { watched } from "./watched.js";

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
  const { result, isInterrupted, read } = await fitSource(path, fitting, command, terminal, {
    own: ["group"],
    check: (model) => checkInfluence(model, { group }),
  });
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const message = "the rows had not all been left out; nothing is shown";
  const found = await watched(terminal, "influence", message, (watch) => influence(result, { group, ...watch }));
  const report = { label, influence: found, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(influenceJsonDocument(report))}\n`);
  else terminal.stdout.write(influenceTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && found.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}
