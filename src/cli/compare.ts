import { type CompareOptions, compare, completeCompareOptions } from "../index.js";
import { compareJsonDocument } from "../report/compareJsonDocument.js";
import { allWarnings, compareTextReport } from "../report/compareTextReport.js";
import { compareReport } from "./compareReport.js";
import { type PairFlags, readModelsAndData } from "./modelSource.js";
import { styleFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal, widthOf } from "./Terminal.js";

export interface CompareFlags extends PairFlags, Omit<CompareOptions, keyof PairFlags> {
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `marginalia compare`: reads two models and their data, fits both, tests one against the other. */
export async function compareCommand(
  paths: readonly string[],
  flags: CompareFlags,
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
