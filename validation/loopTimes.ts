import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const usage = "usage: npm run timing:loop -- [CHECKOUT] [--fits 500] [--runs 3] [--model models/multicenter]";
const root = resolve(import.meta.dirname, "..");

/** What many fits in one process cost. */
interface Loop {
  /** CPU time of a fit, in milliseconds, over all fits, the first ones included. */
  readonly cpu: number;
  /** Growth over the second half of the fits, in MiB: of what is in use after garbage collection, buffers included, and of the resident set. */
  readonly used: number;
  readonly rss: number;
}

/**
 * Fits a model again and again in one process, by default options, and prints the CPU time of a fit and the growth of memory; with another
 * checkout that has been built, both in turn, and the median of the ratios.
 */
function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      fits: { type: "string", default: "500" },
      runs: { type: "string", default: "3" },
      model: { type: "string", default: "models/multicenter" },
      inside: { type: "boolean", default: false },
    },
  });
  const [fits, runs] = [Number(values.fits), Number(values.runs)];
  if (positionals.length > 1 || !(fits >= 2 && runs >= 1)) throw new RangeError(usage);
  const folder = resolve(root, values.model);
  if (values.inside) {
    void loop(positionals[0], folder, fits);
    return;
  }
  const checkouts = [root, ...positionals.map((path) => resolve(path))];
  const passes = Array.from({ length: runs }, () => checkouts.map((checkout) => loopOf(checkout, folder, fits)));
  for (const [side, checkout] of checkouts.entries()) {
    const of = (what: keyof Loop) => median(passes.map((pass) => pass[side][what])).toFixed(2);
    const growth = `over the second half memory in use grows by ${of("used")} MiB and the resident set by ${of("rss")} MiB`;
    console.log(`${checkout}: ${fits} fits, ${of("cpu")} ms of CPU each; ${growth}`);
  }
  if (positionals.length === 1) {
    const ratio = median(passes.map(([own, other]) => own.cpu / other.cpu));
    console.log(`median of the ratios of CPU time: ${ratio.toFixed(3)}`);
  }
}

/** In a process of its own, which may collect garbage. */
function loopOf(checkout: string, folder: string, fits: number): Loop {
  const argv = [fileURLToPath(import.meta.url), "--inside", checkout, "--model", folder, "--fits", String(fits)];
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", ...argv], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Prints a `Loop` of this process. */
async function loop(checkout: string, folder: string, fits: number): Promise<void> {
  const entry = (name: string) => import(pathToFileURL(resolve(checkout, "dist/node", name)).href);
  const [{ fit }, { readTable }] = [await entry("index.js"), await entry("node.js")];
  const model = readFileSync(resolve(folder, "model.glmm"), "utf8");
  const data = await readTable(resolve(folder, "data.csv"));
  const start = process.cpuUsage();
  for (let k = 0; k < fits / 2; k++) await fit(model, data);
  const half = process.cpuUsage(start);
  const before = memory();
  const resumed = process.cpuUsage();
  for (let k = 0; k < fits / 2; k++) await fit(model, data);
  const rest = process.cpuUsage(resumed);
  const after = memory();
  const cpu = (half.user + half.system + rest.user + rest.system) / 1000 / (2 * Math.ceil(fits / 2));
  const used = (at: NodeJS.MemoryUsage) => at.heapUsed + at.external;
  const mebibytes = (bytes: number) => bytes / 2 ** 20;
  const growth: Loop = { cpu, used: mebibytes(used(after) - used(before)), rss: mebibytes(after.rss - before.rss) };
  console.log(JSON.stringify(growth));
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

main();
