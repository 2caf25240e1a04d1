import { type CompareOptions, compare, completeCompareOptions } from "../index.js";
import { compareJsonDocument } from "../report/compareJsonDocument.js";
import { allWarnings, compareTextReport } from "../report/compareTextReport.js";
import { type CompareEnginesFlags, compareEnginesCommand } from "./compareEngines.js";
import { compareReport } from "./compareReport.js";
import { type PairFlags, readModelsAndData } from "./modelSource.js";
import { styleFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal, UsageError, widthOf } from "./Terminal.js";

interface ComparePairFlags extends PairFlags, Omit<CompareOptions, keyof PairFlags> {
  readonly json?: boolean;
  readonly strict?: boolean;
}

export type CompareFlags = ComparePairFlags & CompareEnginesFlags;

/** What goes with two models only, and with one only. */
const pairOptions = ["method", "points", "reml"] as const;
const engineOptions = ["against", "seed", "chains", "draws", "workers"] as const;

/** `marginalia compare`: one model through several engines, or two models one against the other. */
export async function compareCommand(
  paths: readonly string[],
  flags: CompareFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const isPair = paths.length + (flags.formula?.length ?? 0) !== 1;
  const misplaced = (isPair ? engineOptions : pairOptions).find((name) => flags[name] !== undefined);
  if (misplaced !== undefined)
    throw new UsageError(
      isPair
        ? `--${misplaced} goes with one model, which is compared through several engines\n  leave it out, or give one model`
        : `--${misplaced} goes with two models\n  name the method among the engines, as in --engines nuts,ml:laplace`,
    );
  return isPair ? comparePair(paths, flags, terminal) : compareEnginesCommand(paths[0], flags, terminal);
}

/** Reads two models and their data, fits both, tests one against the other. */
async function comparePair(
  paths: readonly string[],
  flags: ComparePairFlags,
  { stdout, stderr }: Terminal,
): Promise<ExitCode> {
  const { json, strict, data, delimiter, formula, family, ...options } = flags;
  completeCompareOptions(options); // before a large file is read
  const { models, table, seconds } = await readModelsAndData(paths, flags);
  const report = compareReport(await compare(...models, table, options), seconds, process.uptime());
  if (json) {
    for (const { message, advice } of allWarnings(report)) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(compareJsonDocument(report))}\n`);
  } else stdout.write(compareTextReport(report, { width: widthOf(stdout), style: styleFor(stdout) }));
  return strict && !report.isTrusted ? exitCodes.failed : exitCodes.done;
}
