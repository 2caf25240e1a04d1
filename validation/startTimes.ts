import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const usage = "usage: npm run timing:start -- CHECKOUT [--runs 11] [--model models/multicenter ...]";
const root = resolve(import.meta.dirname, "..");

/** Time of a whole process, in seconds. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

/**
 * Compares the whole process of `fit MODEL`, from its start to its end, with that of another checkout that has been built: pairs of runs, one
 * after the other, so that a machine that slows down slows both. Prints medians, and the median of the ratios.
 */
function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: "string", default: "11" }, model: { type: "string", multiple: true } },
  });
  const runs = Number(values.runs);
  if (positionals.length !== 1 || !(runs >= 1)) throw new RangeError(usage);
  const models = values.model ?? ["models/multicenter", "models/epilepsy"];
  console.log("whole process of `fit MODEL`: this checkout, the other, and the median of the ratios of pairs");
  for (const model of models) {
    const pairs = Array.from({ length: runs + 1 }, () => [costOf(root, model), costOf(positionals[0], model)]).slice(1);
    const line = (["cpu", "wall"] as const).map((what) => {
      const [ours, theirs] = [0, 1].map((side) => median(pairs.map((pair) => pair[side][what])));
      const ratio = median(pairs.map(([own, other]) => own[what] / other[what]));
      return `${what} ${ours.toFixed(3)} s, ${theirs.toFixed(3)} s, ${ratio.toFixed(3)}`;
    });
    console.log(`${model}: ${line.join("; ")}`);
  }
}

/** By the shell's own accounting of its children. */
function costOf(checkout: string, model: string): Cost {
  const program = resolve(checkout, "dist/bin/marginalia.js");
  const command = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>/dev/null';
  const argv = [process.execPath, program, "fit", resolve(root, model)];
  const { status, stderr } = spawnSync("bash", ["-c", command, "bash", ...argv], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with exit code ${status}`);
  const [user, system, wall] = stderr.trim().split(" ").map(Number);
  return { cpu: user + system, wall };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

main();
