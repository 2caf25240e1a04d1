import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fit, samplerDiagnostics, type Table } from "marginalia";
import { readTable } from "marginalia/node";
import { dataFile, outsideFolder, referenceFolder } from "./files.js";
import { type Reference, readReference } from "./Reference.js";

const usage = "usage: npm run bench:nuts -- [--data DIR] [--references DIR] [--only NAME,...] [--seeds 5]";

/** Gradients per effective draw that are asked of 4 x 1000 draws, warm-up included; null where nothing is. */
const cases: readonly { readonly name: string; readonly asked: number | null }[] = [
  { name: "epilepsy", asked: 12 },
  { name: "cbpp", asked: 12 },
  { name: "sleepstudy", asked: 5 },
  { name: "hdp_remission", asked: 15 },
  { name: "toenail", asked: 20 },
  { name: "contraception_slope", asked: 25 },
  { name: "verbagg", asked: 12 },
  { name: "tvsfp_logit", asked: 25 },
  { name: "grouseticks", asked: 40 },
  { name: "penicillin", asked: 6 },
  { name: "multicenter", asked: null },
  { name: "rcbd_olre", asked: null },
  { name: "epil_nb", asked: null },
  { name: "hdp_remission_full", asked: null },
];

/** One run by the defaults. */
interface Cost {
  readonly warmup: number;
  readonly sampling: number;
  readonly divergences: number;
  /** Of all threads' work, from the table to the posterior. */
  readonly cpuSeconds: number;
  readonly minEssBulk: number;
  readonly minEssTail: number;
}

async function costOf(model: string, table: Table, seed: number): Promise<Cost> {
  const before = process.cpuUsage();
  const result = await fit(model, table, { seed, workers: 0 });
  const { user, system } = process.cpuUsage(before);
  const { gradientEvaluations, divergences } = samplerDiagnostics(result.posterior.record.chains);
  const { parameters, randomEffects } = result.summary();
  const least = (field: "essBulk" | "essTail") =>
    [...parameters, ...randomEffects].reduce((min, row) => Math.min(min, row[field] ?? Infinity), Infinity);
  return {
    ...gradientEvaluations,
    divergences,
    cpuSeconds: (user + system) / 1e6,
    minEssBulk: least("essBulk"),
    minEssTail: least("essTail"),
  };
}

const columns = [
  "model",
  "gradients per bulk ESS",
  "without warm-up",
  "asked",
  "per tail ESS",
  "divergences",
  "CPU s",
  "bulk ESS per CPU s",
  "Stan's",
  "ratio",
  "tail ratio",
] as const;

function row(name: string, asked: number | null, runs: readonly Cost[], { cost }: Reference): string[] {
  const middle = (of: (run: Cost) => number) => median(runs.map(of));
  const rate = middle((run) => run.minEssBulk / run.cpuSeconds);
  const tailRate = middle((run) => run.minEssTail / run.cpuSeconds);
  return [
    name,
    middle((run) => (run.warmup + run.sampling) / run.minEssBulk).toFixed(1),
    middle((run) => run.sampling / run.minEssBulk).toFixed(1),
    asked === null ? "" : String(asked),
    middle((run) => (run.warmup + run.sampling) / run.minEssTail).toFixed(1),
    String(runs.reduce((sum, { divergences }) => sum + divergences, 0)),
    middle(({ cpuSeconds }) => cpuSeconds).toFixed(2),
    rate.toFixed(0),
    (cost.minEssBulk / cost.cpuSeconds).toFixed(1),
    ((rate * cost.cpuSeconds) / cost.minEssBulk).toFixed(1),
    ((tailRate * cost.cpuSeconds) / cost.minEssTail).toFixed(1),
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** Throws Error for options that are not allowed. */
function readOptions(args: readonly string[]) {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { data: text, references: text, only: text, seeds: text },
  });
  const seeds = Number(values.seeds ?? 5);
  if (!Number.isInteger(seeds) || seeds < 1) throw new Error("--seeds takes a whole number from 1");
  const chosen = values.only === undefined ? cases : cases.filter(({ name }) => values.only?.split(",").includes(name));
  if (chosen.length === 0) throw new Error(`--only takes names of ${cases.map(({ name }) => name).join(", ")}`);
  const folders = {
    data: values.data ?? outsideFolder,
    references: values.references ?? join(referenceFolder, "posteriors"),
  };
  return { folders, seeds, chosen };
}

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const { folders, seeds, chosen } = options;
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
  line(columns);
  line(columns.map(() => "---"));
  for (const { name, asked } of chosen) {
    const file = join(folders.references, `${name}.json`);
    const reference = existsSync(file) ? await readReference(file) : null;
    const data = reference === null ? file : dataFile(reference.data, folders.data);
    if (reference === null || !existsSync(data)) {
      console.log(`${name}: skipped, there is no ${data}`);
      continue;
    }
    const table = await readTable(data);
    const runs: Cost[] = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await costOf(reference.model.join("\n"), table, seed));
    line(row(name, asked, runs, reference));
  }
  return 0;
}

process.exitCode = await main();
