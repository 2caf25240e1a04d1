import { parseArgs } from "node:util";
import { fit, type SummaryRow } from "marginalia";
import { compareMarginals, furthest } from "./compareMarginals.js";
import { correlatedModel } from "./correlatedModels.js";

const usage = "usage: npm run validate:correlated -- [--seeds 1-60] [--draws 5000] [--workers 2]";

/** What is asked of a trusted result: means within so many posterior sds, sds within so much, beside the reference's Monte Carlo errors. */
const MEAN = 0.1;
const SD = 0.1;
const ERRORS = 3;

/** The engine inla on the model of a seed, against a long run of the sampler. */
async function runSeed(seed: number, draws: number, workers: number) {
  const { name, model, columns } = correlatedModel(seed);
  const approximated = await fit(model, columns, { engine: "inla" });
  const { approximation } = approximated.posterior.record;
  if (approximation === undefined) throw new Error("inla tells of its approximation");
  const sampled = await fit(model, columns, { chains: 4, draws, seed: 1, workers });
  const { parameters, randomEffects } = sampled.summary();
  const rhat = parameters.reduce((most, row) => Math.max(most, row.rhat ?? Number.NaN), 1);
  const withErrors = (rows: readonly SummaryRow[]) =>
    rows.map(({ essBulk = Number.NaN, essTail = Number.NaN, ...row }) => ({ ...row, essBulk, essTail }));
  const comparison = compareMarginals(approximated.summary(), {
    parameters: withErrors(parameters),
    randomEffects: withErrors(randomEffects),
  });
  const all = [...comparison.parameters, ...comparison.randomEffects];
  const off = all.filter(
    ({ differences, errors }) =>
      !(Math.abs(differences.mean) <= MEAN + ERRORS * errors.mean) ||
      !(Math.abs(differences.sd) <= SD + ERRORS * errors.sd),
  );
  const worst = (measure: "mean" | "sd") => {
    const one = furthest(all, measure);
    return one === null ? "" : `${measure} ${one.differences[measure].toFixed(3)} (${one.name})`;
  };
  const { paretoK, isTrusted } = approximation.guard;
  const seconds = approximated.seconds.sampling;
  return {
    name,
    isTrusted,
    paretoK,
    rhat,
    off: off.map((row) => row.name),
    worst: `${worst("mean")}, ${worst("sd")}`,
    seconds,
  };
}

/** "1-3,7" */
function seedsOf(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { seeds: text, draws: text, workers: text } });
  const seeds = seedsOf(values.seeds ?? "1-60");
  if (!seeds.every(Number.isInteger)) {
    console.error(usage);
    return 2;
  }
  let [trusted, wrong] = [0, 0];
  for (const seed of seeds) {
    const result = await runSeed(seed, Number(values.draws ?? 5000), Number(values.workers ?? 2));
    if (result.isTrusted) trusted++;
    const isWrong = result.isTrusted && result.off.length > 0;
    if (isWrong) wrong++;
    const { name, paretoK, rhat, worst, off, seconds } = result;
    const verdict = result.isTrusted ? "trusted" : "not trusted";
    console.log(
      `${name}: ${verdict} (k ${paretoK.toFixed(2)}, ${seconds.toFixed(1)} s), furthest ${worst}; nuts R-hat ${rhat.toFixed(3)}` +
        (off.length === 0
          ? ""
          : `; ${isWrong ? "WRONG" : "off"}: ${off.slice(0, 4).join(", ")}${off.length > 4 ? `, ${off.length - 4} more` : ""}`),
    );
  }
  console.log(
    `${seeds.length} models, ${trusted} trusted, ${wrong} of these off by more than ${MEAN} sd or ${100 * SD}% in an sd`,
  );
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
