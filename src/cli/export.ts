import type { Command } from "commander";
import {
  checkExport,
  completeExportOptions,
  type ExportFormat,
  type ExportOptions,
  exportFit,
  type Fit,
  type FitExport,
  type MlFit,
  screenFormats,
} from "../index.js";
import { exportJsonDocument } from "../report/exportJsonDocument.js";
import { exportTextReport } from "../report/exportTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { type ExitCode, exitCodes, type Terminal, UsageError } from "./Terminal.js";
import { watched } from "./watched.js";

/** What a command line gives of the options of an export, and those of fits. */
export type ExportFlags = AnyFitFlags &
  Pick<ExportOptions, "include"> & { readonly to: ExportFormat; readonly out?: string; readonly json?: boolean };

const ownOptions: readonly string[] = ["to", "include", "out", "json", "seed"];

/** `marginalia export`: a fit, of a model once it is fitted, in a format of other programs. */
export async function exportCommand(
  path: string | undefined,
  flags: ExportFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { to, include, out, json, ...fitting } = flags;
  const seed = "seed" in flags && flags.seed !== undefined ? { seed: flags.seed } : {};
  const own: ExportOptions = { include, ...seed };
  completeExportOptions(to, own); // before a large file is read
  if (json && out === undefined) throw new UsageError("--json tells of the files that are written: give --out too");
  if (out === undefined && !screenFormats.includes(to))
    throw new UsageError(`${to} is not for the screen: give the file or folder to write by --out`);
  if (out !== undefined) await checkPlace(to, out); // before anything long is done
  const made = await fitSource(path, fitting, command, terminal, {
    own: ownOptions,
    check: (model) => checkExport(model, to, own),
  });
  if (made.isInterrupted) return exitCodes.interrupted;
  await watched(terminal, "export", "the export was stopped; nothing is left of it", async (watch) => {
    const options = { ...own, ...watch };
    if (out === undefined) await print(exportFit(made.result, to, options), terminal);
    else await write(made.result, { to, out, json: json ?? false }, options, terminal);
  });
  return exitCodes.done;
}

async function checkPlace(to: ExportFormat, out: string): Promise<void> {
  const { checkExportPlace } = await import("../folder/writeExport.js"); // only --out has need of it
  await checkExportPlace(to, out);
}

async function print({ files, notes }: FitExport, { stdout, stderr }: Terminal): Promise<void> {
  for (const note of notes) stderr.write(`note: ${note}\n`);
  for (const { pieces } of files)
    for await (const piece of pieces) stdout.write(typeof piece === "string" ? piece : new TextDecoder().decode(piece));
}

async function write(
  fit: Fit | MlFit,
  { to, out, json }: { readonly to: ExportFormat; readonly out: string; readonly json: boolean },
  options: ExportOptions,
  { stdout }: Terminal,
): Promise<void> {
  const { writeExport } = await import("../folder/writeExport.js"); // only --out has need of it
  const written = await writeExport(fit, to, out, options);
  const report = { ...written, engine: fit.engine };
  stdout.write(json ? `${JSON.stringify(exportJsonDocument(report))}\n` : exportTextReport(report));
}
