import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Fit, fit, type SamplerDiagnostics, samplerDiagnostics } from "marginalia";
import { readTable } from "marginalia/node";
import { type CaseComparison, compareCase, estimatesOf } from "./compare.js";
import { dataFile } from "./files.js";
import { type Reference, readReference } from "./Reference.js";
import { type CaseSettings, fitOptions } from "./settings.js";

export interface CaseResult {
  readonly settings: CaseSettings;
  readonly reference: Reference;
  readonly comparison: CaseComparison;
  readonly divergences: number;
  readonly maxTreeDepthHits: number;
  readonly gradientEvaluations: SamplerDiagnostics["gradientEvaluations"];
  /** Of the whole way from the file of data to the posterior, all threads. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

export interface Folders {
  /** Where data that are not of the project are looked for. */
  readonly data: string;
  readonly references: string;
}

export interface Skip {
  readonly skipped: string;
}

/** A case's reference and the file of its data, or what it lacks. */
export async function findCase(
  name: string,
  folders: Folders,
): Promise<{ readonly reference: Reference; readonly dataFile: string } | Skip> {
  // Models of newer families stand in a folder beside.
  const places = [folders.references, join(folders.references, "../families")];
  const referenceFile = places.map((folder) => join(folder, `${name}.json`)).find(existsSync);
  if (referenceFile === undefined) return { skipped: `there is no ${name}.json in ${places.join(" or ")}` };
  const reference = await readReference(referenceFile);
  const file = dataFile(reference.data, folders.data);
  if (!existsSync(file)) return { skipped: `there is no ${file}` };
  return { reference, dataFile: file };
}

/** Fits a case and compares it, or says what it lacks. */
export async function runCase(settings: CaseSettings, folders: Folders): Promise<CaseResult | Skip> {
  const found = await findCase(settings.name, folders);
  if ("skipped" in found) return found;
  const { reference, dataFile } = found;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await fit(reference.model.join("\n"), await readTable(dataFile), fitOptions(settings));
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - start) / 1000;
  return { ...compared(settings, reference, result), cpuSeconds: (user + system) / 1e6, wallSeconds };
}

function compared(settings: CaseSettings, reference: Reference, result: Fit) {
  const { divergences, maxTreeDepthHits, gradientEvaluations } = samplerDiagnostics(result.posterior.record.chains);
  const comparison = compareCase(estimatesOf(result.summary()), reference);
  return { settings, reference, comparison, divergences, maxTreeDepthHits, gradientEvaluations };
}
