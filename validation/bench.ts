import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { prepareModel } from "marginalia";
import { readTable } from "marginalia/node";
import { dataFile, outsideFolder } from "./files.js";
import type { FitScaling } from "./fitScaling.js";
import type { InlaScaling } from "./inlaScaling.js";
import { gradientMicroseconds, positions } from "./measure.js";
import type { SamplerScaling } from "./samplerScaling.js";
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
    { name: "hdp_remission", model: hdpModel, dataFile: dataFile("hdp.csv", data), leastRatio: 3 },
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
  console.log(`${name.padEnd(14)}${head(...numbers.map(String))}${verdict}`);
  return holds;
}

/** What a process of one size reports. */
interface Size {
  readonly rows: number;
  readonly groups: number;
  readonly peakMegabytes: number;
}

/** How a benchmark grows with the rows. */
interface Growth<Report extends Size> {
  readonly title: string;
  readonly script: string;
  readonly sizes: readonly number[];
  /** What stands between groups and peak memory, by its head. */
  readonly columns: Readonly<Record<string, (report: Report) => string>>;
  /** What the largest must stay below. */
  readonly megabytes: number;
  readonly seconds?: { readonly of: (report: Report) => number; readonly below: number };
}

/** The sizes one after another, each in a process of its own; returns whether all stay within their bounds. */
function benchGrowth<Report extends Size>({
  title,
  script,
  sizes,
  columns,
  megabytes,
  seconds,
}: Growth<Report>): boolean {
  console.log(`\n${title}\n\n${head("rows", "groups", ...Object.keys(columns), "peak MB")}`);
  return sizes
    .map((rows) => {
      const output = execFileSync(process.execPath, [join(import.meta.dirname, script), String(rows)]);
      const report: Report = JSON.parse(output.toString());
      const cells = Object.values(columns).map((cell) => cell(report));
      const failures = [
        ...(report.peakMegabytes < megabytes ? [] : [`below ${megabytes} MB`]),
        ...(seconds === undefined || seconds.of(report) < seconds.below ? [] : [`below ${seconds.below} s`]),
      ];
      const verdict = failures.length === 0 ? "" : `  FAILED: ${failures.join(", ")}`;
      console.log(`${head(String(rows), String(report.groups), ...cells, report.peakMegabytes.toFixed(0))}${verdict}`);
      return failures.length === 0;
    })
    .every((holds) => holds);
}

const gradients: Growth<Scaling> = {
  title: "Logistic regression with six covariates and random intercepts",
  script: "scaling.js",
  sizes: [1e3, 1e4, 1e5, 1e6],
  columns: {
    us: (report) => report.gradientMicroseconds.toFixed(1),
    "ns a row": (report) => ((1000 * report.gradientMicroseconds) / report.rows).toFixed(2),
    "compile s": (report) => report.compileSeconds.toFixed(3),
  },
  megabytes: 1500,
};

const draws: Growth<SamplerScaling> = {
  title: "The same, sampled in transported coordinates, its random effects summarised",
  script: "samplerScaling.js",
  sizes: [1e4, 1e5, 1e6],
  columns: {
    us: (report) => report.gradientMicroseconds.toFixed(0),
    "ns a row": (report) => ((1000 * report.gradientMicroseconds) / report.rows).toFixed(1),
    "a draw": (report) => report.gradientsPerDraw.toFixed(1),
    "compile s": (report) => report.compileSeconds.toFixed(2),
  },
  megabytes: 1500,
};

const fits: Growth<FitScaling> = {
  title: "The same with 20 rows a group, fitted by maximum likelihood with 9 quadrature points",
  script: "fitScaling.js",
  sizes: [1e4, 1e5, 1e6],
  columns: {
    "fit s": (report) => report.fitSeconds.toFixed(2),
    "us a row": (report) => ((1e6 * report.fitSeconds) / report.rows).toFixed(1),
    evaluations: (report) => String(report.evaluations),
    "compile s": (report) => report.compileSeconds.toFixed(3),
  },
  megabytes: 2048,
};

const posteriors: Growth<InlaScaling> = {
  title: "Poisson regression with random intercepts of 10 rows a group, by the engine inla",
  script: "inlaScaling.js",
  sizes: [1e3, 1e4, 1e5],
  columns: {
    "fit s": (report) => report.fitSeconds.toFixed(2),
    "us a row": (report) => ((1e6 * report.fitSeconds) / report.rows).toFixed(1),
    "Pareto k": (report) => report.paretoK.toFixed(2),
  },
  megabytes: 1024,
  seconds: { of: (report) => report.fitSeconds, below: 20 },
};

function head(...titles: readonly string[]): string {
  return titles.map((title) => title.padStart(12)).join("");
}

async function bench(data: string): Promise<number> {
  console.log(
    "One gradient of the whole log density, by the kernel and by its plain TypeScript twin (medians, microseconds)\n",
  );
  console.log(`${"model".padEnd(14)}${head("rows", "dimension", "kernel", "twin", "ratio")}`);
  let holds = true;
  for (const kernelCase of kernelCases(data)) holds = (await benchKernel(kernelCase)) && holds;
  holds = benchGrowth(gradients) && holds;
  holds = benchGrowth(draws) && holds;
  holds = benchGrowth(fits) && holds;
  holds = benchGrowth(posteriors) && holds;
  console.log(holds ? "\nall bounds hold" : "\na bound does not hold");
  return holds ? 0 : 1;
}

/** Throws TypeError for options that are not allowed. */
function dataFolder(): string {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  return values.data ?? outsideFolder;
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
