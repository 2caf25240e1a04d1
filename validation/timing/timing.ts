import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dataFile, outsideFolder, referenceFolder } from "../files.js";
import { simulatedFile, type TimedFit, timedFits } from "./fits.js";
import { type FitTime, measureFit } from "./measureFit.js";
import { hasR, machineFactor, measureOthers, readRecorded, scaled } from "./others.js";
import { simulatedRatings } from "./simulatedRatings.js";

const usage = "usage: npm run timing -- [--only TEXT,...] [--seconds N] [--data DIR] [--references DIR]";

/** Log-likelihoods within this are of the same fit: lme4 ends its search for the modes early, by up to 0.006 of it (toenail). */
const SAME_FIT = 0.02;

interface Settings {
  readonly data: string;
  readonly references: string;
  readonly only: readonly string[];
  /** A fit is repeated for so long at least. */
  readonly seconds: number;
}

interface Timed {
  readonly fit: TimedFit;
  readonly ours: FitTime;
  readonly others: readonly FitTime[];
}

/** Throws TypeError for options that are not allowed. */
function readSettings(): Settings {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { data: text, references: text, only: text, seconds: text } });
  const seconds = Number(values.seconds ?? 2);
  if (!(seconds > 0)) throw new TypeError(`--seconds ${values.seconds} is no positive number`);
  return {
    data: values.data ?? outsideFolder,
    references: values.references ?? referenceFolder,
    only: values.only?.split(",") ?? [""],
    seconds,
  };
}

const columns = ["fit", "other", "ours ms", "other ms", "ratio", "CPU ratio", "log-lik. differs by"];
const widths = [28, 22, 10, 10, 8, 10, 20];

function row(cells: readonly string[]): string {
  return cells.map((cell, k) => (k < 2 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join("");
}

const milliseconds = (seconds: number) => (1000 * seconds).toFixed(1);

/** Prints a line for each other software; returns whether all have made the same fit. */
function report({ fit, ours, others }: Timed): boolean {
  let isSame = true;
  if (others.length === 0) console.log(row([fit.name, "", milliseconds(ours.wallSeconds)]));
  for (const other of others) {
    const difference = ours.logLikelihood - other.logLikelihood;
    const holds = Math.abs(difference) < SAME_FIT;
    isSame &&= holds;
    const software = `${other.software} ${other.version}${other.repeats === 0 ? " *" : ""}`;
    const ratios = [other.wallSeconds / ours.wallSeconds, other.cpuSeconds / ours.cpuSeconds];
    const cells = [milliseconds(ours.wallSeconds), milliseconds(other.wallSeconds), ...ratios.map((r) => r.toFixed(1))];
    console.log(row([fit.name, software, ...cells, difference.toExponential(1)]) + (holds ? "" : "  NOT THE SAME FIT"));
  }
  return isSame;
}

/** One fit after another, ours and R's in turn. */
async function measureAll({ data, only, seconds }: Settings, folder: string): Promise<Timed[]> {
  const timed: Timed[] = [];
  const isCompared = hasR();
  if (!isCompared) console.log("there is no Rscript: only our own fits are timed");
  for (const fit of timedFits.filter(({ name }) => only.some((text) => name.includes(text)))) {
    const csv = fit.data === simulatedFile ? join(folder, fit.data) : dataFile(fit.data, data);
    if (fit.data === simulatedFile && !existsSync(csv)) writeFileSync(csv, simulatedRatings());
    if (!existsSync(csv)) {
      console.log(`${fit.name}: skipped, there is no ${csv}`);
      continue;
    }
    const others = isCompared ? measureOthers(fit, csv, folder, seconds) : [];
    timed.push({ fit, ours: await measureFit(fit, csv, seconds), others });
    console.error(`${fit.name}: done`);
  }
  return timed;
}

async function timing(settings: Settings): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "marginalia-timing-"));
  try {
    const timed = await measureAll(settings, folder);
    const factor = machineFactor(timed, readRecorded(settings.references, "ml_lme4_glmmtmb.json"));
    const recorded = readRecorded(settings.references, "ml_more.json");
    console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus()[0].model}, Node ${process.version}\n`);
    console.log(row(columns));
    const verdicts = timed.map(({ fit, ours, others }) => {
      const there = fit.recorded === undefined ? undefined : recorded[fit.recorded];
      const more = there === undefined || Number.isNaN(factor) ? [] : [scaled(there, factor)];
      return report({ fit, ours, others: [...others, ...more] });
    });
    if (!Number.isNaN(factor))
      console.log(`\n* recorded seconds times ${factor.toFixed(2)}: what lme4 takes here for one it took there`);
    return verdicts.every(Boolean) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  return timing(settings);
}

process.exitCode = await main();
