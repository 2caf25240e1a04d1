import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CompareEnginesOptions,
  compareEngines,
  completeCompareEnginesOptions,
  type ModelAst,
  outsideDraws,
  outsideTable,
  type Table,
} from "../index.js";
import { readTable } from "../node.js";
import { agreementJsonDocument } from "../report/agreementJsonDocument.js";
import { type AgreementReport, agreementTextReport, allAgreementWarnings } from "../report/agreementTextReport.js";
import { ExplainedError, explanation } from "./explanation.js";
import { interruption } from "./interruption.js";
import { flagsOfModel, type PairFlags, readModelAndData, tellNotes, withoutSource } from "./modelSource.js";
import { progressDisplay, type SearchDisplay, searchDisplay } from "./progress.js";
import { layoutFor } from "./style.js";
import { clockOf, type ExitCode, exitCodes, reasonOf, type Terminal, UsageError } from "./Terminal.js";

export interface CompareEnginesFlags
  extends PairFlags,
    Omit<CompareEnginesOptions, keyof PairFlags | "against" | "engines" | "onProgress" | "onEngine" | "signal"> {
  readonly engines?: readonly string[];
  readonly against?: readonly string[];
  readonly json?: boolean;
  readonly digits?: number;
  readonly strict?: boolean;
}

/** Reads one model and its data, runs it through several engines, and says which to believe. */
export async function compareEnginesCommand(
  path: string | undefined,
  flags: CompareEnginesFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout, stderr } = terminal;
  const { json, digits, strict, against = [], plugins = [], ...options } = withoutSource(flags);
  completeCompareEnginesOptions({ ...options, plugins }); // before a large file is read
  const source = await readModelAndData(path, flagsOfModel(0, flags));
  tellNotes(source.table, terminal);
  const outside = await Promise.all(against.map(readOutside));
  const asked = { ...options, plugins, against: outside };
  const { comparison, isInterrupted } = await compared(source.model, source.table, asked, terminal);
  const report = { ...comparison, seconds: { read: source.seconds, total: process.uptime() } };
  if (json) {
    for (const { message, advice } of allAgreementWarnings(report)) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(agreementJsonDocument(report))}\n`);
  } else stdout.write(agreementTextReport(report, layoutFor(stdout, flags)));
  if (isInterrupted) return exitCodes.interrupted;
  return strict && !isTrusted(report) ? exitCodes.failed : exitCodes.done;
}

const nothingEnded = "the comparison was stopped before an engine had ended";

/** Runs the engines with progress shown and Ctrl-C heeded: what had ended is kept, of sampling what was drawn. */
async function compared(model: ModelAst, table: Table, options: CompareEnginesOptions, terminal: Terminal) {
  const clock = clockOf(terminal);
  const display = progressDisplay(terminal.stderr, clock);
  let search: SearchDisplay | null = null;
  const { signal, listen, end } = interruption(terminal, nothingEnded, {
    onStop: () => display.note("stopping: what has ended is kept (Ctrl-C again to quit at once)"),
  });
  try {
    listen();
    const comparison = await compareEngines(model, table, {
      ...options,
      onProgress(progress) {
        if ("chain" in progress) display.update(progress);
        else search?.update(progress);
      },
      onEngine(engine) {
        search?.end();
        search = searchDisplay(terminal.stderr, clock, engine);
        display.doing(`${engine} runs`);
      },
      signal,
    });
    return { comparison, isInterrupted: signal.aborted };
  } catch (error) {
    throw signal.aborted ? new ExplainedError({ ...explanation(error), code: exitCodes.interrupted }) : error;
  } finally {
    end();
    display.end();
  }
}

/** Whether the engine to believe can be. */
function isTrusted({ engines, reference }: AgreementReport): boolean {
  return engines.some(({ engine, trust }) => engine === reference && trust.isTrusted);
}

/** Estimates made elsewhere: JSON, draws, a folder of draws by chain, or a table. Throws UsageError or DataError. */
async function readOutside(file: string): Promise<Table> {
  if (/\.json$/i.test(file)) return outsideTable(parsed(await textOf(file), file), file);
  const names = await readdir(file).catch(() => null);
  const chains = names?.filter((name) => /\.csv$/i.test(name)).sort() ?? [];
  const texts = await Promise.all(names === null ? [textOf(file)] : chains.map((name) => textOf(join(file, name))));
  const drawn = outsideDraws(texts, file);
  if (drawn !== null) return drawn;
  if (names !== null) throw new UsageError(`the folder "${file}" of --against has no draws by chain\n  ${fitFiles}`);
  return readTable(file, { rowNames: "row" });
}

async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new UsageError(`cannot read the fit "${file}" of --against: ${reasonOf(error)}\n  ${fitFiles}`);
  });
}

const fitFiles =
  "give a fit.json of marginalia or ArviZ, a .csv of names and estimates or of draws, or a folder of draws by chain";

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`the fit "${file}" of --against is not JSON\n  ${fitFiles}`);
  }
}
