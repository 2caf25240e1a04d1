import { parseArgs } from "node:util";
import { type MaximumMethod, type Shortfall, shortfallOf } from "./shortfall.js";
import { groupedData, type RandomPart, type ResponseFamily, type Slopes } from "./simulate.js";

const usage =
  "usage: npm run maxima -- [--data-sets 300] [--from 1] [--family normal|poisson|bernoulli] [--slopes x|'x + z'] " +
  "[--method lmm|laplace|aghq|em] [--points N] [--reml] [--random '(1 + x | g/k)'] [--verbose]";

/** A maximum further below the best of ten starts than this is not the maximum. */
const WORST = 1e-4;

const families: readonly ResponseFamily[] = ["normal", "poisson", "bernoulli"];
const slopes: readonly Slopes[] = ["x", "x + z"];

const text = { type: "string" } as const;
const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({
  options: {
    "data-sets": text,
    from: text,
    family: text,
    slopes: text,
    method: text,
    points: text,
    random: text,
    reml: flag,
    verbose: flag,
    help: flag,
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const dataSets = Number(values["data-sets"] ?? 300);
const first = Number(values.from ?? 1);
let failed = 0;
for (const family of families.filter((name) => (values.family ?? name) === name))
  for (const which of slopes.filter((name) => (values.slopes ?? name) === name)) failed += await judged(family, which);
process.exitCode = failed > 0 ? 1 : 0;

/** Fits all data sets of a family and kind of slopes, prints how many stand below, and returns that. */
async function judged(family: ResponseFamily, which: Slopes): Promise<number> {
  const how = methodFor(family);
  const random = values.random;
  const part: RandomPart = (named) => random ?? `(1 + ${named} | g)`;
  const found: Shortfall[] = [];
  let seed = first;
  for (; found.length < dataSets; seed++) {
    const shortfall = await shortfallOf(groupedData(family, which, seed, part), how);
    if (shortfall !== null) found.push(shortfall);
    if (values.verbose && shortfall !== null) console.log(JSON.stringify(shortfall));
  }
  const below = found.filter(({ best, logLikelihood }) => !(best - logLikelihood <= WORST));
  const silent = found.filter(({ converged }) => !converged).length;
  const evaluations = found.reduce((sum, { evaluations: own }) => sum + own, 0) / found.length;
  console.log(
    `${family} (1 + ${which} | g)${random === undefined ? "" : ` as ${random}`}, ${how.method}${how.reml ? " REML" : ""}: ` +
      `${found.length} fitted of ${seed - first}, ${below.length} below the best of ten starts, ${silent} not converged, ` +
      `${evaluations.toFixed(0)} evaluations a fit`,
  );
  for (const { seed, best, logLikelihood, notes, converged } of below)
    console.log(
      `  ${seed}: ${(best - logLikelihood).toPrecision(3)} below ${best.toFixed(4)} ${converged} ${notes.join(" ")}`,
    );
  return below.length;
}

function methodFor(family: ResponseFamily): MaximumMethod {
  const method = values.method as MaximumMethod["method"] | undefined;
  const points = values.points === undefined ? {} : { points: Number(values.points) };
  return { method: method ?? (family === "normal" ? "lmm" : "laplace"), reml: values.reml, ...points };
}
