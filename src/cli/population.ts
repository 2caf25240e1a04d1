import type { Command } from "commander";
import { checkPopulation, completePopulationOptions, type PopulationOptions, population } from "../index.js";
import { populationJsonDocument } from "../report/populationJsonDocument.js";
import { populationTextReport } from "../report/populationTextReport.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { readTableFile } from "./modelSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { watched } from "./watched.js";

/** What a command line gives of the options of `population`, and those of fits. */
export type PopulationFlags = AnyFitFlags &
  Pick<PopulationOptions, "level"> & {
    /** A file with rows; without it those of the fit. */
    readonly new?: string;
  };

const ownOptions: readonly string[] = ["new", "level", "digits"];
/** What says how the rows are read too. */
const sharedOptions: readonly string[] = ["delimiter", "decimal", "na", "text"];

/** `marginalia population`: what a fit, of a model once it is fitted, says of a population rather than of single levels. */
export async function populationCommand(
  path: string | undefined,
  flags: PopulationFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const { level, new: file, ...fitting } = flags;
  const own: PopulationOptions = { level };
  completePopulationOptions(own); // before a large file is read
  const table = file === undefined ? null : await readTableFile(file, flags);
  const { result, isInterrupted, read } = await fitSource(path, fitting, command, terminal, {
    own: ownOptions,
    shared: sharedOptions,
    check: (model) => checkPopulation(model, table),
  });
  if (isInterrupted) return exitCodes.interrupted;
  const label = path ?? flags.formula ?? "model";
  const message = "the rows had not all been averaged; nothing is shown";
  const averaged = await watched(terminal, "population", message, (watch) =>
    population(result, table, { ...own, ...watch }),
  );
  const report = { label, population: averaged, seconds: { read, total: process.uptime() } };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(populationJsonDocument(report))}\n`);
  else terminal.stdout.write(populationTextReport(report, layoutFor(terminal.stdout, flags)));
  return exitCodes.done;
}
