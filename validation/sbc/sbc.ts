import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bandEdge, extremity, parts } from "../../dist/simulate/sbc/bands.js";
import { calibrate, type RankCounts } from "./calibrate.js";
import { type Structure, structures } from "./structures.js";

const usage = "usage: npm run sbc -- [--data-sets 200] [--seed SEED] [--only TEXT] [--write]";
const results = resolve(import.meta.dirname, "../../validation/sbc/results.json");

/** Chance that a calibrated sampler leaves one of the bands of a structure. */
const alpha = 0.05;

interface Run {
  readonly dataSets: number;
  readonly seed: string;
  readonly chosen: readonly Structure[];
  /** Whether the results replace those of the project. */
  readonly write: boolean;
}

interface StructureResult {
  readonly structure: string;
  readonly divergences: number;
  /** Extremities below this are outside the simultaneous band, one band a quantity (Bonferroni). */
  readonly edge: number;
  readonly quantities: readonly (RankCounts & { readonly extremity: number; readonly inside: boolean })[];
}

/** Throws Error for options that are not allowed. */
function readOptions(args: readonly string[]): Run {
  const text = { type: "string" } as const;
  const options = { "data-sets": text, seed: text, only: text, write: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const dataSets = Number(values["data-sets"] ?? 200);
  if (!Number.isInteger(dataSets) || dataSets < parts)
    throw new Error(`--data-sets takes a whole number from ${parts}`);
  const chosen = structures.filter(({ name }) => name.includes(values.only ?? ""));
  if (chosen.length === 0)
    throw new Error(`no structure has "${values.only}" in its name: ${structures.map(({ name }) => name).join("; ")}`);
  return { dataSets, seed: values.seed ?? "sbc", chosen, write: values.write ?? false };
}

async function resultOf(structure: Structure, { dataSets, seed }: Run): Promise<StructureResult> {
  const { ranks, divergences } = await calibrate(structure, dataSets, seed, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${structure.name}: ${done} of ${dataSets} data sets `);
  });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const edge = bandEdge(dataSets, alpha / ranks.length);
  const quantities = ranks.map((rank) => {
    const value = extremity(rank.counts);
    return { ...rank, extremity: value, inside: value >= edge };
  });
  return { structure: structure.name, divergences, edge, quantities };
}

function print({ structure, divergences, edge, quantities }: StructureResult): void {
  console.log(`${structure}: ${divergences} divergences; the band's edge is ${edge.toExponential(1)}`);
  for (const { quantity, extremity: value, inside, counts } of quantities) {
    const verdict = inside ? "inside " : "OUTSIDE";
    console.log(`  ${verdict} ${value.toExponential(1).padStart(8)}  ${bars(counts)}  ${quantity}`);
  }
}

const blocks = "▁▂▃▄▅▆▇█";

/** A histogram in a line; the middle block is a uniform share. */
function bars(counts: readonly number[]): string {
  const share = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.map((count) => blocks[Math.min(7, Math.round((4 * count) / share))]).join("");
}

function write(run: Run, found: readonly StructureResult[]): void {
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8"));
  const date = new Date().toISOString().slice(0, 10);
  const record = { date, version, seed: run.seed, dataSets: run.dataSets, alpha, structures: found };
  writeFileSync(results, `${JSON.stringify(record, null, 1)}\n`);
}

async function main(): Promise<number> {
  let run: Run;
  try {
    run = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const found: StructureResult[] = [];
  for (const structure of run.chosen) {
    const result = await resultOf(structure, run);
    found.push(result);
    print(result);
  }
  if (run.write) write(run, found);
  const outside = found.flatMap(({ quantities }) => quantities.filter(({ inside }) => !inside)).length;
  console.log(
    outside === 0 ? "passed: every rank histogram is inside its band" : `FAILED: ${outside} outside their bands`,
  );
  return outside === 0 ? 0 : 1;
}

process.exitCode = await main();
