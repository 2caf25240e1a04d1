import type { Command } from "commander";
import { checkPpc, completePpcOptions, type PpcOptions, ppc } from "../index.js";
import { ppcJsonDocument } from "../report/ppcJsonDocument.js";
import { ppcTextReport } from "../report/ppcTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { watched } from "./watched.js";

/** What a command line gives of the options of `ppc`, and those of fits. */
export type PpcFlags = AnyFitFlags &
  Omit<PpcOptions, "statistics" | "functions" | "signal" | "onProgress"> & { readonly statistics?: readonly string[] };

const ownOptions: readonly string[] = ["statistics", "group", "effects", "replicates", "keep"];
/** Those that a fit takes too. */
const sharedOptions: readonly string[] = ["level", "seed"];

/** `marginalia ppc`: the data of a fit, of a model once it is fitted, beside data replicated from it. */
export async function ppcCommand(
  path: string | undefined,
  flags: PpcFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { statistics: named, group, effects, replicates, keep, ...fitting } = flags;
  const { level, seed } = flags;
  const statistics = named?.flatMap((names) => names.split(",").map((name) => name.trim()));
  const own: PpcOptions = { statistics, group, effects, replicates, keep, level, seed };
  completePpcOptions(own); // before a large file is read
  const { result, isInterrupted, read } = await fitSource(path, fitting, command, terminal, {
    own: ownOptions,
    shared: sharedOptions,
    check: (model) => checkPpc(model, own),
  });
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const message = "the data had not all been replicated; nothing is shown";
  const found = await watched(terminal, "ppc", message, (watch) => ppc(result, { ...own, ...watch }));
  const report = { label, ppc: found, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(ppcJsonDocument(report))}\n`);
  else terminal.stdout.write(ppcTextReport(report, layoutFor(terminal.stdout, {})));
  return flags.strict && report.ppc.warnings.length > 0 ? exitCodes.failed : exitCodes.done;
}
