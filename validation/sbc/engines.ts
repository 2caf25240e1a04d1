import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type EngineName, type Replicate, sbc } from "../../dist/index.js";
import { readTable } from "../../dist/node.js";

// Usage: node dist-validation/sbc/engines.js FOLDER [--write], after
//   marginalia sbc validation/sbc/epilepsy.glmm --data models/epilepsy/data.csv --engine ENGINE --seed 1 --replicates 400 --out FOLDER/ENGINE
// for nuts (with --chains 2 --draws 1000), laplace, inla and ml. Tells ranks, bias and coverage of each engine, and how its estimates differ from those of nuts on the same data sets.

const names: readonly EngineName[] = ["nuts", "laplace", "inla", "ml"];
const [folder, write] = process.argv.slice(2);
if (folder === undefined) throw new Error("give the folder of the replicates");
const here = resolve(import.meta.dirname, "../../validation/sbc");
const model = readFileSync(join(here, "epilepsy.glmm"), "utf8");
const table = await readTable(resolve(here, "../../models/epilepsy/data.csv"));

function replicatesOf(engine: EngineName): Replicate[] {
  const lines = readFileSync(join(folder, engine, "replicates.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line): Replicate => JSON.parse(line));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const errorOfMean = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
const round = (value: number) => Number(value.toPrecision(3));

/** Differences of posterior means or estimates from those of nuts, in its posterior sds. */
function fromNuts(engine: readonly Replicate[], nuts: ReadonlyMap<number, Replicate>, q: number) {
  const differences = engine.flatMap(({ replicate, estimate }) => {
    const other = nuts.get(replicate);
    const [own, one, sd] = [estimate[q], other?.estimate[q], other?.sd[q]];
    return typeof own === "number" && typeof one === "number" && typeof sd === "number" ? [(own - one) / sd] : [];
  });
  const largest = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return {
    pairs: differences.length,
    mean: round(mean(differences)),
    error: round(errorOfMean(differences)),
    largest: round(largest),
  };
}

const nuts = new Map(replicatesOf("nuts").map((one) => [one.replicate, one]));
const engines = [];
for (const engine of names) {
  const earlier = replicatesOf(engine);
  // All replicates are there, so that none is fitted.
  const most = Math.max(...earlier.map(({ replicate }) => replicate));
  if (most !== earlier.length) throw new Error(`replicates of ${engine} are missing`);
  const { replicates, failed, untrusted, ranks, quantities } = await sbc(model, table, {
    engine,
    earlier,
    replicates: most,
    workers: 0,
  });
  const rows = quantities.map(({ name, bias, biasError, coverage, ranks: own }, q) => ({
    name,
    bias: round(bias),
    biasError: round(biasError),
    coverage: coverage.map(({ level, share, lower, upper }) => [level, round(share), round(lower), round(upper)]),
    inside: own === null ? null : own.inside,
    fromNuts: engine === "nuts" ? null : fromNuts(earlier, nuts, q),
  }));
  engines.push({ engine, replicates, failed, untrusted, passed: ranks?.passed ?? null, quantities: rows });
  console.log(
    `${engine}: ${replicates} data sets, ${untrusted} untrusted, ranks ${ranks === null ? "none" : ranks.passed ? "inside" : "OUTSIDE"}`,
  );
  for (const { name, bias, biasError, coverage, fromNuts: paired } of rows)
    console.log(
      `  ${name.padEnd(32)} bias ${bias} (${biasError})  coverage ${coverage.map(([, share]) => share).join(" ")}  ${paired === null ? "" : `from nuts ${paired.mean} (${paired.error}) sds`}`,
    );
}
if (write === "--write") writeFileSync(join(here, "engines.json"), `${JSON.stringify({ model, engines }, null, 1)}\n`);
