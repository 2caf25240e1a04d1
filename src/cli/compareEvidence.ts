import { type CompareEvidenceOptions, compareEvidence, completeCompareEvidenceOptions } from "../index.js";
import { evidenceJsonDocument } from "../report/evidenceJsonDocument.js";
import { evidenceTextReport } from "../report/evidenceTextReport.js";
import { decisiveEngine } from "../report/evidenceVerdict.js";
import { type PairFlags, readModelsAndData, tellNotes, withoutSource } from "./modelSource.js";
import { layoutFor } from "./style.js";
import { type ExitCode, exitCodes, type Terminal } from "./Terminal.js";

export interface CompareEvidenceFlags extends PairFlags, Omit<CompareEvidenceOptions, keyof PairFlags> {
  readonly json?: boolean;
  readonly digits?: number;
  readonly strict?: boolean;
}

/** Reads two models and their data, and compares them by their marginal likelihoods. */
export async function compareEvidenceCommand(
  paths: readonly string[],
  flags: CompareEvidenceFlags,
  { stdout, stderr }: Terminal,
): Promise<ExitCode> {
  const { json, digits, strict, ...options } = withoutSource(flags);
  completeCompareEvidenceOptions(options); // before a large file is read
  const { models, table, seconds } = await readModelsAndData(paths, flags);
  tellNotes(table, { stderr });
  const evidence = await compareEvidence(...models, table, options);
  const report = { ...evidence, seconds: { read: seconds, total: process.uptime() } };
  if (json) {
    for (const { message, advice } of report.warnings) stderr.write(`warning: ${message}\n  ${advice}\n`);
    stdout.write(`${JSON.stringify(evidenceJsonDocument(report))}\n`);
  } else stdout.write(evidenceTextReport(report, layoutFor(stdout, flags)));
  return strict && decisiveEngine(report.engines) === undefined ? exitCodes.failed : exitCodes.done;
}
