import { parseArgs } from "node:util";
import { createStream, fit, type PriorConflict, prepareModel, type RandomStream } from "marginalia";

/*
 * How often the warning of a conflict between prior and likelihood is raised: on data simulated from the model with its own priors, where every one
 * is a false alarm, and on data of a model whose one coefficient or sd is far from its prior. Models, priors and sizes are random.
 */

const usage = "usage: npm run validate:conflict -- [--models 500] [--seed SEED] [--show]";

/** A random model with the priors of the fit, one of which `truth` replaces where it has a line for the same target. */
interface Recipe {
  readonly formula: string;
  readonly priors: ReadonlyMap<string, string>;
  readonly columns: Readonly<Record<string, readonly (number | string)[]>>;
}

const pick = <T>(stream: RandomStream, from: readonly T[]): T => from[Math.floor(from.length * stream.uniform())];
const whole = (stream: RandomStream, low: number, high: number) =>
  low + Math.floor((high - low + 1) * stream.uniform());

const families = [
  { name: "normal", lines: "y ~ normal(mu, sigma)\nmu = ", dispersion: "sigma" },
  { name: "poisson", lines: "y ~ poisson(mu)\nlog(mu) = ", dispersion: null },
  { name: "bernoulli", lines: "y ~ bernoulli(p)\nlogit(p) = ", dispersion: null },
  { name: "binomial", lines: "y ~ binomial(size, p)\nlogit(p) = ", dispersion: null },
  { name: "negative_binomial", lines: "y ~ negative_binomial(mu, phi)\nlog(mu) = ", dispersion: "phi" },
] as const;

const structures = ["", " + (1 | g)", " + (1 + x | g)", " + (1 | g) + (1 | h)", " + (1 | h/k)"] as const;

const ofCoefficients = ["normal(0, 1)", "normal(0.5, 0.3)", "student_t(4, 0, 0.7)", "cauchy(0, 0.3)", "uniform(-1, 1)"];
const ofSds = [
  "normal(0, 0.7)",
  "student_t(3, 0, 0.5)",
  "exponential(2)",
  "gamma(2, 4)",
  "lognormal(-0.7, 0.5)",
  "inverse_gamma(3, 1)",
  "uniform(0, 2)",
];
const ofPhi = ["gamma(2, 0.4)", "exponential(0.3)", "lognormal(1, 1)"];
const ofCorrelations = ["lkj(1)", "lkj(2)", "lkj(6)"];

function randomRecipe(stream: RandomStream): Recipe {
  const family = pick(stream, families);
  const structure = pick(stream, structures);
  const rows = whole(stream, 30, 240);
  const [groups, others] = [whole(stream, 4, 30), whole(stream, 3, 12)];
  const column = (of: (row: number) => number | string) => Array.from({ length: rows }, (_, row) => of(row));
  const sds = structure === "" ? [] : [["sd", pick(stream, ofSds)] as const];
  const priors = new Map<string, string>([
    ["intercept", pick(stream, ["normal(0, 1)", "student_t(3, 0, 1)", "normal(1, 0.4)"])],
    ["beta[x]", pick(stream, ofCoefficients)],
    ["beta[z]", pick(stream, ofCoefficients)],
    ...sds,
    ...(structure.includes("1 + x") ? [["cor", pick(stream, ofCorrelations)] as const] : []),
    ...(family.dispersion === null
      ? []
      : [[family.dispersion, pick(stream, family.dispersion === "sigma" ? ofSds : ofPhi)] as const]),
  ]);
  return {
    formula: `${family.lines}1 + x + z${structure}`,
    priors,
    columns: {
      x: column(() => stream.normal()),
      z: column(() => Math.floor(2 * stream.uniform())),
      g: column((row) => `g${row % groups}`),
      h: column(() => `h${whole(stream, 1, others)}`),
      k: column(() => `k${whole(stream, 1, 3)}`),
      size: column(() => 8),
    },
  };
}

const textOf = ({ formula }: Recipe, priors: ReadonlyMap<string, string>) =>
  [formula, ...Array.from(priors, ([target, distribution]) => `prior ${target} ~ ${distribution}`)].join("\n");

/** A response from the model under these priors; null where it is too large or too poor to say anything. */
function simulated(recipe: Recipe, priors: ReadonlyMap<string, string>, stream: RandomStream) {
  const rows = recipe.columns.x.length;
  const placeholder = Array.from({ length: rows }, (_, row) => row % 2);
  const { compiled, design } = prepareModel(textOf(recipe, priors), { ...recipe.columns, y: placeholder });
  const { response } = compiled.simulatePrior(stream);
  const y = new Array<number>(rows).fill(0);
  response.forEach((value, row) => {
    y[design.rowIndex[row]] = value;
  });
  return y.every((value) => Number.isFinite(value) && Math.abs(value) < 1e5) && new Set(y).size > 1 ? y : null;
}

async function conflictsOf(recipe: Recipe, y: readonly number[], seed: number): Promise<readonly PriorConflict[]> {
  const table = { ...recipe.columns, y };
  return (await fit(textOf(recipe, recipe.priors), table, { engine: "laplace", draws: 100, seed })).conflicts();
}

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { models: text, seed: text, show: { type: "boolean" } } });
  const models = Number(values.models ?? 500);
  let [fits, alarms, failed, shifted, found] = [0, 0, 0, 0, 0];
  const byPrior = new Map<string, number>();
  for (let number = 1; number <= models; number++) {
    const stream = createStream(values.seed ?? "conflict", number);
    const recipe = randomRecipe(stream);
    try {
      const y = simulated(recipe, recipe.priors, stream);
      if (y !== null) {
        const conflicts = await conflictsOf(recipe, y, number);
        fits++;
        if (conflicts.length > 0) alarms++;
        for (const { name, prior, estimate, standardError, z } of conflicts) {
          const key = `${name.replace(/\[.*/, "")} ~ ${prior.distribution}`;
          byPrior.set(key, (byPrior.get(key) ?? 0) + 1);
          if (values.show)
            console.log(
              `${number}: ${name} ~ ${prior.distribution}: ${estimate} (${standardError}), z ${z.toFixed(2)}\n${textOf(recipe, recipe.priors)}`,
            );
        }
      }
      const target = pick(stream, ["beta[x]", ...(recipe.priors.has("sd") ? ["sd"] : [])]);
      const narrow = new Map(recipe.priors).set(target, target === "sd" ? "normal(0, 0.02)" : "normal(0, 0.05)");
      const truth = new Map(recipe.priors).set(target, `normal(1.5, 0.1)`);
      const other = simulated(recipe, truth, stream);
      if (other === null) continue;
      shifted++;
      const told = await conflictsOf({ ...recipe, priors: narrow }, other, number);
      if (told.some(({ name }) => name.startsWith(target))) found++;
      else if (values.show)
        console.log(
          `${number}: not told of ${target}\n${textOf(recipe, narrow)}\n${told.map(({ message }) => message).join("\n")}`,
        );
    } catch (error) {
      failed++;
      if (values.show) console.log(`${number}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`data from the prior: ${alarms} of ${fits} fits have a warning (${((100 * alarms) / fits).toFixed(2)}%)`);
  console.log(`a parameter far from its prior: told in ${found} of ${shifted} fits; ${failed} models failed`);
  for (const [key, count] of byPrior) console.log(`  ${key}: ${count}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error, `\n${usage}`);
  process.exitCode = 1;
});
