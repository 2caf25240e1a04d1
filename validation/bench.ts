import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepareModel, readTable } from "marginalia";
import type { FitScaling } from "./fitScaling.js";
import { gradientMicroseconds, positions } from "./measure.js";
import type { Scaling } from "./scaling.js";

const usage = "usage: npm run bench -- [--data DIR]";
const root = resolve(import.meta.dirname, "..");

interface KernelCase {
  readonly name: string;
  readonly model: string;
  readonly dataFile: string;
  /** How many times faster than the twin the kernel must be; null where nothing is asked. */
  readonly leastRatio: number | null;
}

const hdpModel = `remission ~ bernoulli(p)
logit(p) = 1 + age + married + il6 + (1 | did)`;

function kernelCases(data: string): KernelCase[] {
  const example = (name: string, leastRatio: number | null): KernelCase => {
    const folder = join(root, "models", name);
    const model = readFileSync(join(folder, "model.glmm"), "utf8");
    return { name, model, dataFile: join(folder, "data.csv"), leastRatio };
  };
  return [
    { name: "hdp_remission", model: hdpModel, dataFile: join(data, "hdp.csv"), leastRatio: 3 },
    example("epilepsy", 2),
    example("sleepstudy", null),
    example("cbpp", null),
  ];
}

/** Prints a line of the table; returns whether the kernel is as fast as it must be. A case without data is named and skipped. */
async function benchKernel({ name, model, dataFile, leastRatio }: KernelCase): Promise<boolean> {
  if (!existsSync(dataFile)) {
    console.log(`${name.padEnd(14)}  skipped: there is no ${dataFile}`);
    return true;
  }
  const { compiled, design } = prepareModel(model, await readTable(dataFile));
  const kernel = compiled.logDensity("noncentred");
  const tasks = [
    { name: "kernel", density: kernel },
    { name: "twin", density: compiled.logDensity("noncentred", "plain") },
  ];
  const [fast, slow] = await gradientMicroseconds(tasks, positions(64, kernel.dimension), 1500);
  const ratio = slow / fast;
  const holds = leastRatio === null || ratio >= leastRatio;
  const verdict = leastRatio === null ? "" : `  ${holds ? "holds" : "FAILED"}: at least ${leastRatio}`;
  const numbers = [design.rows, kernel.dimension, fast.toFixed(2), slow.toFixed(2), ratio.toFixed(2)];
  console.log(`${name.padEnd(14)}${numbers.map((cell) => String(cell).padStart(11)).join("")}${verdict}`);
  return holds;
}

const maxMegabytes = 1500;

/** The sizes one after another, each in a process of its own; returns whether the largest stays within its memory. */
function benchScaling(): boolean {
  let holds = true;
  for (const rows of [1e3, 1e4, 1e5, 1e6]) {
    const output = execFileSync(process.execPath, [join(import.meta.dirname, "scaling.js"), String(rows)]);
    const scaling: Scaling = JSON.parse(output.toString());
    const { groups, compileSeconds, gradientMicroseconds: microseconds, peakMegabytes } = scaling;
    const nanosecondsPerRow = (microseconds * 1000) / rows;
    const numbers = [microseconds.toFixed(1), nanosecondsPerRow.toFixed(2), compileSeconds.toFixed(3)];
    const cells = [rows, groups, ...numbers, peakMegabytes.toFixed(0)];
    const fits = peakMegabytes < maxMegabytes;
    console.log(
      `${cells.map((cell) => String(cell).padStart(11)).join("")}${fits ? "" : `  FAILED: below ${maxMegabytes}`}`,
    );
    holds &&= fits;
  }
  return holds;
}

const maxFitMegabytes = 2048;

/** Whole fits by quadrature, as `benchScaling`. */
function benchFits(): boolean {
  let holds = true;
  for (const rows of [1e4, 1e5, 1e6]) {
    const output = execFileSync(process.execPath, [join(import.meta.dirname, "fitScaling.js"), String(rows)]);
    const { groups, fitSeconds, evaluations, compileSeconds, peakMegabytes }: FitScaling = JSON.parse(
      output.toString(),
    );
    const each = ((1e6 * fitSeconds) / rows).toFixed(1);
    const cells = [
      rows,
      groups,
      fitSeconds.toFixed(2),
      each,
      evaluations,
      compileSeconds.toFixed(3),
      peakMegabytes.toFixed(0),
    ];
    const fits = peakMegabytes < maxFitMegabytes;
    console.log(
      `${cells.map((cell) => String(cell).padStart(11)).join("")}${fits ? "" : `  FAILED: below ${maxFitMegabytes}`}`,
    );
    holds &&= fits;
  }
  return holds;
}

function head(...titles: readonly string[]): string {
  return titles.map((title) => title.padStart(11)).join("");
}

async function bench(data: string): Promise<number> {
  console.log(
    "One gradient of the whole log density, by the kernel and by its plain TypeScript twin (medians, microseconds)\n",
  );
  console.log(`${"model".padEnd(14)}${head("rows", "dimension", "kernel", "twin", "ratio")}`);
  let holds = true;
  for (const kernelCase of kernelCases(data)) holds = (await benchKernel(kernelCase)) && holds;
  console.log("\nLogistic regression with six covariates and random intercepts\n");
  console.log(head("rows", "groups", "us", "ns a row", "compile s", "peak MB"));
  holds = benchScaling() && holds;
  console.log("\nThe same with 20 rows a group, fitted by maximum likelihood with 9 quadrature points\n");
  console.log(head("rows", "groups", "fit s", "us a row", "evaluations", "compile s", "peak MB"));
  holds = benchFits() && holds;
  console.log(holds ? "\nall bounds hold" : "\na bound does not hold");
  return holds ? 0 : 1;
}

/** Throws TypeError for options that are not allowed. */
function dataFolder(): string {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  return values.data ?? resolve(root, "../shared/data");
}

async function main(): Promise<number> {
  let data: string;
  try {
    data = dataFolder();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  return bench(data);
}

process.exitCode = await main();
