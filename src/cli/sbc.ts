import type { Command } from "commander";
import {
  engines,
  modelText,
  prepareModel,
  prepareSbc,
  type SbcOptions,
  type SbcResult,
  sbc,
  version,
} from "../index.js";
import { type SbcReport, sbcJsonDocument, sbcTextReport } from "../report/sbcReport.js";
import { byName } from "./defined.js";
import { type ModelAndData, readModelAndData, type SourceFlags, tellNotes, withoutSource } from "./modelSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";
import { watched } from "./watched.js";

/** What a command line gives of the options of a calibration, and those of fits. */
export interface SbcFlags extends SourceFlags {
  readonly engine: string;
  readonly replicates?: number;
  readonly effect?: readonly string[];
  readonly at?: readonly string[];
  readonly ranked?: number;
  readonly alpha?: number;
  readonly seed?: string;
  readonly workers?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `marginalia sbc`: calibration and coverage of a model by an engine, on simulated data. */
export async function sbcCommand(
  path: string | undefined,
  flags: SbcFlags,
  command: Command,
  terminal: Terminal,
): Promise<ExitCode> {
  const source = await readModelAndData(path, flags);
  tellNotes(source.table, terminal);
  const options = optionsOf(flags, command);
  const found = await shown(source, options, flags, terminal);
  const { missing, plugins = [] } = flags;
  const { compiled } = prepareModel(source.model, source.table, { missing, plugins });
  const report: SbcReport = {
    version,
    model: modelText(source.model),
    calibration: found,
    priors: compiled.priors,
    seed: flags.seed ?? "1",
    seconds: { read: source.seconds, total: process.uptime() },
  };
  if (flags.json) terminal.stdout.write(`${JSON.stringify(sbcJsonDocument(report))}\n`);
  else terminal.stdout.write(sbcTextReport(report, layoutFor(terminal.stdout, {})));
  const isGood = found.ranks?.passed !== false && found.failed.length === 0;
  return flags.strict && !isGood ? exitCodes.failed : exitCodes.done;
}

const ownOptions: readonly string[] = ["replicates", "effect", "at", "ranked", "alpha", "seed", "workers", "missing"];

/** The options of the calibration, and those that were given of the engine. */
function optionsOf(flags: SbcFlags, command: Command): SbcOptions {
  const { engine: name, plugins = [] } = flags;
  const given = Object.entries(withoutSource(flags)).filter(([flag]) => command.getOptionValueSource(flag) === "cli");
  const notOfFits: readonly string[] = [...ownOptions, "engine", "out", "json", "strict", "plugins"];
  const engine = [...engines, ...plugins.flatMap((plugin) => plugin.engines)].find((one) => one.name === name);
  const ofFit = Object.fromEntries(given.filter(([flag]) => !notOfFits.includes(flag)));
  const own = Object.fromEntries(given.filter(([flag]) => ownOptions.includes(flag)));
  return { ...own, engine: name, plugins, fit: engine === undefined ? ofFit : byName(engine, ofFit) };
}

/** Calibrates with progress shown; Ctrl-C loses the fits under way, and with --out no others. */
async function shown(
  { model, table }: ModelAndData,
  options: SbcOptions,
  { out }: SbcFlags,
  terminal: Terminal,
): Promise<SbcResult> {
  const kept =
    out === undefined
      ? "nothing is shown; --out DIR would keep what is done"
      : `what is done is kept in "${out}", and the same command goes on from there`;
  return watched(terminal, "sbc", `the calibration was not finished; ${kept}`, async (watch) => {
    const store = out === undefined ? {} : await stored(out, model, table, options);
    return sbc(model, table, { ...options, ...store, ...watch });
  });
}

async function stored(
  folder: string,
  model: ModelAndData["model"],
  table: ModelAndData["table"],
  options: SbcOptions,
): Promise<Pick<SbcOptions, "earlier" | "onReplicate">> {
  const { openReplicates } = await import("../folder/replicates.js");
  const { data, design, compiled } = await prepareSbc(model, table, options);
  const { replicates, workers, plugins, alpha, ...facts } = options;
  const { earlier, append } = await openReplicates(folder, {
    schema: 1,
    version,
    model: modelText(model),
    data: data.sha256,
    rows: design.rows,
    priors: compiled.priors,
    ...facts,
    seed: String(facts.seed ?? 1),
  });
  return { earlier, onReplicate: append };
}
