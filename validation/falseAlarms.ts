import { parseArgs } from "node:util";
import { type Fit, fit } from "marginalia";
import { hardDesign, type Kind, kinds } from "./hardDesigns/designs.js";

const usage =
  "usage: npm run validate:warnings -- [--only KIND,...] [--first 1] [--count 9] [--draws 10000] [--workers 2]";

/** A run of the sampler is wrong where a mean or a 5/95% quantile of a parameter is off by so many sds, or an sd by so much. */
const OFF = 0.3;
const OFF_SD = 0.15;

/** How far a run is from a longer one: in sds, and of sds as a ratio less one. */
function furthest(run: Fit, reference: Fit): { readonly off: number; readonly offSd: number; readonly name: string } {
  let worst = { off: 0, offSd: 0, name: "" };
  run.summary().parameters.forEach(({ name, mean, sd, q5, q95 }, k) => {
    const other = reference.summary().parameters[k];
    const offs = [mean - other.mean, q5 - other.q5, q95 - other.q95].map((by) => Math.abs(by) / other.sd);
    const off = Math.max(...offs);
    const offSd = Math.abs(sd / other.sd - 1);
    if (Math.max(off / OFF, offSd / OFF_SD) > Math.max(worst.off / OFF, worst.offSd / OFF_SD))
      worst = { off, offSd, name };
  });
  return worst;
}

/** The sampler on a design, by its warnings and a longer run. */
async function tried(kind: Kind, number: number, draws: number, workers: number) {
  const { name, text, columns } = hardDesign(kind, number);
  const run = await fit(text, columns, { seed: number, workers });
  const longer = { draws, warmup: 500, targetAcceptance: 0.95 };
  const reference = await fit(text, columns, { ...longer, seed: number + 1000, workers });
  const worst = furthest(run, reference);
  const isWrong = worst.off > OFF || worst.offSd > OFF_SD;
  const warnings = run.warnings().map(({ message }) => message);
  const doubts = reference.warnings().map(({ code }) => code);
  const off = `${worst.name} ${worst.off.toFixed(2)} sd, ${(100 * worst.offSd).toFixed(0)}% in an sd`;
  const count = run.posterior.record.chains[0].logDensity.length;
  console.log(
    `${name}: ${isWrong ? "WRONG" : "right"} with ${count} draws a chain (${off})` +
      `${warnings.length > 0 ? `; warns: ${warnings.join(" | ")}` : ""}` +
      `${doubts.length > 0 ? `; the longer run warns of ${doubts.join(", ")}` : ""}`,
  );
  return { isWrong, warns: warnings.length > 0 };
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { only: text, first: text, count: text, draws: text, workers: text } });
  const numbers = [values.first ?? 1, values.count ?? 9, values.draws ?? 10_000, values.workers ?? 2].map(Number);
  if (!numbers.every(Number.isInteger)) {
    console.error(usage);
    return 2;
  }
  const [first, count, draws, workers] = numbers;
  const tally = { right: 0, falseAlarms: 0, wrong: 0, missed: 0 };
  for (let number = first; number < first + count; number++)
    for (const kind of kinds.filter((name) => (values.only ?? name).split(",").includes(name))) {
      const { isWrong, warns } = await tried(kind, number, draws, workers);
      if (isWrong) tally.wrong++;
      else tally.right++;
      if (isWrong && !warns) tally.missed++;
      if (!isWrong && warns) tally.falseAlarms++;
    }
  const { right, falseAlarms, wrong, missed } = tally;
  console.log(`${right} right, of which ${falseAlarms} warn; ${wrong} wrong, of which ${missed} do not warn`);
  return missed === 0 && falseAlarms <= 0.05 * (right + wrong) ? 0 : 1;
}

process.exitCode = await main();
