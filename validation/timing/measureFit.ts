import { fit, type MlFit } from "marginalia";
import { readTable } from "marginalia/node";
import type { TimedFit } from "./fits.js";

/** Seconds of one fit, warm: text and table to estimates with standard errors. */
export interface FitTime {
  readonly software: string;
  readonly version: string;
  /** With all constants. */
  readonly logLikelihood: number;
  /** Median. */
  readonly wallSeconds: number;
  /** Mean, user time of all threads. */
  readonly cpuSeconds: number;
  readonly repeats: number;
}

/** Repeats before the clock and under it; the code that the engine has compiled well by then stays so. */
const leastWarmUps = 2;
const leastRepeats = 5;
const mostRepeats = 200;

export async function measureFit({ model, options }: TimedFit, csv: string, minimumSeconds: number): Promise<FitTime> {
  const table = await readTable(csv);
  const once = (): Promise<MlFit> => fit(model, table, { engine: "ml", ...options });
  const { ml } = await once();
  await repeated(once, leastWarmUps, minimumSeconds / 2);
  const start = process.cpuUsage();
  const wall = await repeated(once, leastRepeats, minimumSeconds);
  const cpuSeconds = process.cpuUsage(start).user / 1e6 / wall.length;
  const logLikelihood = ml.logLikelihood ?? Number.NaN;
  return {
    software: "marginalia",
    version: process.version,
    logLikelihood,
    wallSeconds: median(wall),
    cpuSeconds,
    repeats: wall.length,
  };
}

/** Seconds of each of at least so many repeats over at least so many seconds. */
async function repeated(task: () => Promise<unknown>, least: number, minimumSeconds: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let total = 0; seconds.length < least || (total < minimumSeconds && seconds.length < mostRepeats); ) {
    const start = performance.now();
    await task();
    seconds.push((performance.now() - start) / 1000);
    total += seconds[seconds.length - 1];
  }
  return seconds;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
