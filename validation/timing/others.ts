import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TimedFit } from "./fits.js";
import { type FitTime, median } from "./measureFit.js";

const script = join(import.meta.dirname, "../../validation/timing/timing.R");

export function hasR(): boolean {
  return spawnSync("Rscript", ["--version"]).error === undefined;
}

/** The same fits by R, in a process of its own. Throws where a package is missing, or a fit fails. */
export function measureOthers(
  { calls, factors }: TimedFit,
  csv: string,
  folder: string,
  minimumSeconds: number,
): FitTime[] {
  if (calls.length === 0) return [];
  const job = join(folder, "job.json");
  writeFileSync(job, JSON.stringify({ csv, factors, minimumSeconds, calls }));
  return JSON.parse(execFileSync("Rscript", [script, job], { encoding: "utf8" }));
}

/** What was written down of a fit by other software. */
interface Recorded {
  readonly engine: string;
  readonly logLik: number;
  readonly seconds: number;
}

export type RecordedFits = Readonly<Record<string, Recorded>>;

/** Empty where the file is missing. */
export function readRecorded(folder: string, file: string): RecordedFits {
  const path = join(folder, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

/**
 * How many seconds this machine takes for one of the recorded ones: the median over the fits by lme4 that were timed on both. By user
 * time, for the recorded machine did nothing else.
 */
export function machineFactor(
  timed: readonly { readonly fit: TimedFit; readonly others: readonly FitTime[] }[],
  recorded: RecordedFits,
): number {
  const factors = timed.flatMap(({ fit: { calibration }, others }) => {
    const there = calibration === undefined ? undefined : recorded[calibration];
    const here = others.find(({ software }) => software === "lme4");
    return there === undefined || here === undefined ? [] : [here.cpuSeconds / there.seconds];
  });
  return factors.length === 0 ? Number.NaN : median(factors);
}

/** A recorded fit in seconds of this machine. */
export function scaled({ engine, logLik, seconds }: Recorded, factor: number): FitTime {
  const [software, version] = engine.split(" ");
  const here = seconds * factor;
  return { software, version, logLikelihood: logLik, wallSeconds: here, cpuSeconds: here, repeats: 0 };
}
