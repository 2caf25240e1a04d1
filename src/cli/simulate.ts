import type { Command } from "commander";
import {
  checkSimulation,
  modelText,
  prepareModel,
  type SimulateOptions,
  type Simulation,
  simulate,
  simulateModel,
  simulationSummary,
  type Table,
  version,
} from "../index.js";
import { type SimulateReport, simulateJsonDocument, simulateTextReport } from "../report/simulateReport.js";
import { type SimulatedRows, tidySimulation, wideSimulation } from "../report/simulationCsv.js";
import { type AnyFitFlags, fitSource } from "./fitSource.js";
import { readModelAndData, readTableFile, tellNotes } from "./modelSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal, UsageError } from "./Terminal.js";
import { type Watch, watched } from "./watched.js";
import { checkPlace, writeWhole } from "./writeWhole.js";

/** What a command line gives of the options of simulations, and those of fits. */
export type SimulateFlags = Omit<AnyFitFlags, "draws" | "out"> & {
  readonly new?: string;
  readonly effects?: SimulateOptions["effects"];
  readonly prior?: boolean;
  readonly at?: readonly string[];
  readonly draws?: number;
  readonly seed?: string;
  readonly limits?: readonly [number, number];
  readonly out?: string;
  readonly format: "tidy" | "wide";
  readonly json?: boolean;
  readonly digits?: number;
};

const ownOptions: readonly string[] = ["new", "effects", "prior", "at", "draws", "limits", "out", "format"];

/** A simulation with the table whose rows it is of. */
interface Simulated {
  readonly simulation: Simulation;
  readonly table: Table;
  readonly model: string;
  readonly priors: SimulateReport["priors"];
  readonly read: number;
}

/** `marginalia simulate`: responses from a fit, from the priors of a model, or at stated parameters. */
export async function simulateCommand(
  path: string | undefined,
  flags: SimulateFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  if (flags.out !== undefined) await checkPlace(flags.out); // before anything long is done
  const { hasFit } = await import("../folder/load.js");
  const isSaved = path !== undefined && (await hasFit(path));
  const isOfModel = flags.prior === true || (flags.at !== undefined && !isSaved);
  if (flags.prior === true && isSaved)
    throw new UsageError(
      `"${path}" is a saved fit, and --prior goes with a model\n  give the model, or leave --prior out`,
    );
  const made = isOfModel ? await ofModel(path, flags, terminal) : await ofFit(path, flags, isSaved, command, terminal);
  if (made === null) return exitCodes.interrupted;
  const { simulation, table, read, ...facts } = made;
  const summary = simulationSummary(simulation, flags.limits);
  const report: SimulateReport = {
    version,
    ...facts,
    simulation,
    summary,
    seed: flags.seed ?? "1",
    seconds: { read, total: process.uptime() },
  };
  if (flags.out !== undefined)
    await writeWhole(
      flags.out,
      flags.format === "tidy" ? tidySimulation(simulation) : wideSimulation(simulation, rowsOf(table)),
    );
  for (const note of simulation.notes) terminal.stderr.write(`note: ${note}\n`);
  if (flags.json) terminal.stdout.write(`${JSON.stringify(simulateJsonDocument(report))}\n`);
  else terminal.stdout.write(simulateTextReport(report, layoutFor(terminal.stdout, flags)));
  return exitCodes.done;
}

async function ofModel(path: string | undefined, flags: SimulateFlags, terminal: Terminal): Promise<Simulated> {
  if (flags.new !== undefined)
    throw new UsageError("--new goes with a fit; a model that is not fitted is simulated for the rows of --data");
  if (flags.effects !== undefined)
    throw new UsageError("--effects goes with a fit; of a model that is not fitted, random effects are always drawn");
  const { model, table, seconds } = await readModelAndData(path, flags);
  tellNotes(table, terminal);
  const { draws, at, prior = false, seed, missing, plugins = [] } = flags;
  const simulation = await shown(terminal, (watch) =>
    simulateModel(model, table, { draws, at, prior, seed, missing, plugins, ...watch }),
  );
  const { compiled } = prepareModel(model, table, { missing, plugins });
  const drawn = simulation.from === "prior" ? compiled.priors : [];
  return { simulation, table, model: modelText(model), priors: drawn, read: seconds };
}

async function ofFit(
  path: string | undefined,
  { new: rows, effects, prior, at, draws, limits, out, format, ...fitting }: SimulateFlags,
  isSaved: boolean,
  command: Command,
  terminal: Terminal,
): Promise<Simulated | null> {
  const own = isSaved ? [...ownOptions, "seed"] : ownOptions;
  const asked = { effects, draws, at, seed: fitting.seed };
  const table = rows === undefined ? null : await readTableFile(rows, fitting);
  const { result, isInterrupted, read } = await fitSource(path, fitting as AnyFitFlags, command, terminal, {
    own,
    check: (model) => checkSimulation(model, table, asked),
  });
  if (isInterrupted) return null;
  const simulation = await shown(terminal, (watch) => simulate(result, table, { ...asked, ...watch }));
  return { simulation, table: table ?? result.table, model: modelText(result.ast), priors: [], read };
}

/** Simulates with progress shown until Ctrl-C ends it. */
function shown(terminal: Terminal, run: (watch: Watch) => Promise<Simulation>): Promise<Simulation> {
  return watched(terminal, "simulate", "the simulation was not finished; nothing is shown or written", run);
}

function rowsOf({ columns }: Table): SimulatedRows {
  const usable = [...columns].filter(([, { kind }]) => kind !== "unusable");
  return {
    columns: usable.map(([name]) => name),
    cell(name, row) {
      const column = columns.get(name);
      if (column?.kind === "number") return Number.isNaN(column.values[row]) ? "" : String(column.values[row]);
      if (column?.kind === "text" || column?.kind === "date") return column.levels[column.codes[row]] ?? "";
      return "";
    },
  };
}
