import { parseArgs } from "node:util";
import { evaluateMarginal, fit } from "marginalia";
import { hardDesign, type Kind, kinds } from "./hardDesigns/designs.js";

/*
 * Whether the joint draws of the engine inla have the marginals that it reports, on random designs that are hard to approximate. Distances are in the
 * marginal's sds, those of sds log ratios; 4000 draws alone leave 0.016 in a mean, 0.011 in a log sd and 0.033 in a quantile of 5 or 95%.
 */

const usage = "usage: npm run validate:joint -- [--count DESIGNS_A_KIND] [--only KIND] [--integration auto|laplace]";

const measures = ["mean", "sd", "quantile"] as const;
type Distances = Record<(typeof measures)[number], number>;

/** The most that parameters of a trusted result may be off. An sd may have no variance, as under an inverse gamma prior: it is shown only. */
const MOST = { mean: 0.05, quantile: 0.15 };

interface Result {
  readonly isTrusted: boolean;
  /** Seconds that the draws took. */
  readonly seconds: number;
  /** The largest of all. */
  readonly parameters: Distances;
  readonly effects: Distances;
}

type Fit = Awaited<ReturnType<typeof fit>>;
type Quantity = Extract<Fit, { posterior: unknown }>["posterior"]["parameters"][number];

function distancesOf({ marginal, name }: Quantity, draws: Float64Array): Distances {
  if (marginal.kind !== "density") throw new TypeError(`${name} has no density`);
  const { mean, sd } = marginal;
  const own = draws.reduce((total, value) => total + value, 0) / draws.length;
  const variance = draws.reduce((total, value) => total + (value - own) ** 2, 0) / draws.length;
  const sorted = draws.slice().sort();
  const off = (p: number) =>
    Math.abs(sorted[Math.floor(p * sorted.length)] - evaluateMarginal(marginal, "quantile", p)) / sd;
  return {
    mean: Math.abs(own - mean) / sd,
    sd: Math.abs(Math.log(variance / (sd * sd))) / 2,
    quantile: Math.max(...[0.05, 0.5, 0.95].map(off)),
  };
}

function largest(all: readonly Distances[]): Distances {
  const most = (of: keyof Distances) => Math.max(0, ...all.map((one) => one[of]));
  return { mean: most("mean"), sd: most("sd"), quantile: most("quantile") };
}

async function resultOf(kind: Kind, number: number, integration: "auto" | "laplace"): Promise<Result> {
  const { text, columns } = hardDesign(kind, number);
  const { posterior, draws } = await fit(text, columns, { engine: "inla", integration });
  const start = performance.now();
  draws(posterior.parameters[0].name);
  const seconds = (performance.now() - start) / 1000;
  const worst = (quantities: readonly Quantity[]) =>
    largest(quantities.map((quantity) => distancesOf(quantity, draws(quantity.name)[0])));
  return {
    isTrusted: posterior.record.approximation?.guard.isTrusted === true,
    seconds,
    parameters: worst(posterior.parameters),
    effects: worst(posterior.randomEffects),
  };
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { count: text, only: text, integration: text } });
  const { only, integration = "auto" } = values;
  const count = Number(values.count ?? 5);
  if (!(Number.isInteger(count) && count > 0)) throw new TypeError(`--count ${values.count} is no whole number from 1`);
  if (integration !== "auto" && integration !== "laplace") throw new TypeError(`--integration ${integration}`);
  const chosen = kinds.filter((kind) => only === undefined || kind === only);
  if (chosen.length === 0) throw new TypeError(`--only ${only} is none of ${kinds.join(", ")}`);
  const line = (cells: readonly string[]) => console.log(`| ${cells.join(" | ")} |`);
  const head = ["kind", "trusted", "s", ...measures, ...measures.map((name) => `b ${name}`)];
  line(head);
  line(head.map(() => "---"));
  let isRight = true;
  for (const kind of chosen) {
    const results: Result[] = [];
    for (let number = 1; number <= count; number++) results.push(await resultOf(kind, number, integration));
    const trusted = results.filter((result) => result.isTrusted);
    const [parameters, effects] = [
      largest(trusted.map((result) => result.parameters)),
      largest(trusted.map((result) => result.effects)),
    ];
    isRight &&= parameters.mean <= MOST.mean && parameters.quantile <= MOST.quantile;
    const seconds = results.reduce((total, result) => total + result.seconds, 0) / count;
    const cells = [parameters, effects].flatMap((one) => measures.map((name) => one[name].toFixed(2)));
    line([kind, `${trusted.length} of ${count}`, seconds.toFixed(1), ...cells]);
  }
  return isRight ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 2;
}
