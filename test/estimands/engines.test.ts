import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ContrastsOptions,
  contrasts,
  type Fit,
  fit,
  type MeansOptions,
  type MlFit,
  means,
  parseTable,
  population,
  predict,
  type SlopesOptions,
  type SolveOptions,
  slopes,
  solve,
  testHypotheses,
} from "../../src/index.js";

// The engines are of one posterior, so that every number of one engine is that of the others: of nuts within its Monte Carlo error, of approximations within tolerances that are stated. Maximum likelihood is
// near a posterior of weak priors.

const folder = (path: string) => resolve(import.meta.dirname, "../..", path);
const read = (path: string) => readFileSync(folder(path), "utf8");

interface Case {
  readonly name: string;
  readonly data: string;
  readonly model: string;
  readonly means: MeansOptions;
  readonly contrasts: ContrastsOptions;
  readonly slopes: SlopesOptions;
  readonly hypothesis: string;
  readonly quantity: string;
  readonly solve: SolveOptions & { readonly model?: string };
  /** Distances of posterior medians from estimates of maximum likelihood, in posterior sds: effects of priors and skewness are larger where data are few. */
  readonly near: number;
}

const cases: readonly Case[] = [
  {
    name: "epilepsy",
    data: "models/epilepsy/data.csv",
    model: "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
    means: { of: ["post", "trt"], effects: "zero" },
    contrasts: { of: ["post"], by: ["trt"], as: "ratio" },
    slopes: { of: ["post"], by: ["trt"] },
    hypothesis: "beta[post:trt.progabide] < 0",
    quantity: "variance | sd",
    solve: { for: "weeks", target: 10, by: ["trt"], range: [0.2, 40], effects: "marginal" },
    near: 0.6,
  },
  {
    name: "cbpp",
    data: "models/cbpp/data.csv",
    model: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
    means: { of: ["period"], effects: "marginal" },
    contrasts: { of: ["period"], contrast: ["reference"], as: "ratio" },
    slopes: { of: ["period"], scale: "mean", effects: "marginal" },
    hypothesis: "exp(beta[factor(period).2]) = 0.5",
    quantity: "variance | probability(incidence > 1)",
    // Its own model has no variable that is a number.
    solve: {
      model: "incidence ~ binomial(size, p)\nlogit(p) = 1 + period + (1 | herd)",
      for: "period",
      target: 0.12,
      effects: "zero",
    },
    near: 0.7,
  },
  {
    name: "rcbd",
    data: "models/rcbd/data.csv",
    model: "count ~ normal(mu, sigma)\nmu = 1 + treatment + (1 | clinic)",
    means: { of: ["treatment"] },
    contrasts: { of: ["treatment"] },
    slopes: { of: ["treatment"] },
    hypothesis: "beta[treatment] = 0",
    quantity: "variance | probability(count > 20)",
    solve: { for: "treatment", target: 20, range: [-2, 3] },
    near: 1,
  },
  {
    name: "rcbd as counts",
    data: "models/rcbd/data.csv",
    model: read("models/rcbd/model.glmm"),
    means: { of: ["treatment"], effects: "zero" },
    contrasts: { of: ["treatment"], as: "ratio" },
    slopes: { of: ["treatment"], effects: "zero", scale: "mean" },
    hypothesis: "beta[treatment] = 0",
    quantity: "variance",
    solve: { for: "treatment", target: 12, range: [-2, 3], effects: "marginal" },
    near: 1.5,
  },
  {
    name: "contraception",
    data: "validation/data/contraception.csv",
    model: "use ~ bernoulli(p)\nlogit(p) = 1 + age + I(age^2) + urban + livch + (1 | district)",
    means: { of: ["livch"], effects: "marginal", at: { age: [-5, 5] } },
    contrasts: { of: ["livch"], scale: "mean", effects: "marginal" },
    slopes: { of: ["age", "urban"], at: { age: [-5, 5] } },
    hypothesis: "beta[age] - 2 * beta[I(age^2)] = 0",
    quantity: "variance",
    solve: { for: "age", target: 0.3, by: ["urban"], range: [-20, 0], effects: "zero" },
    near: 0.5,
  },
];

const level = 0.9;
const others = ["inla", "nuts", "ml"] as const;
type Other = (typeof others)[number];

interface Known {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Everything in a result that has an estimate and an interval, by where it stands. */
function numbersIn(result: unknown, path: string): [string, Known][] {
  if (typeof result !== "object" || result === null || ArrayBuffer.isView(result)) return [];
  const own: [string, Known][] = isKnown(result) ? [[path, result]] : [];
  return [...own, ...Object.entries(result).flatMap(([name, value]) => numbersIn(value, `${path} ${name}`))];
}

function isKnown(value: object): value is Known {
  return (
    "estimate" in value && "lower" in value && typeof value.estimate === "number" && typeof value.lower === "number"
  );
}

/** The first row and the last. */
function someRows({ data }: Case) {
  const [head, ...rows] = read(data).trim().split("\n");
  return parseTable([head, rows[0], rows[rows.length - 1]].join("\n"), { name: "rows" });
}

/** Of rows of the data, whatever is made of the effects, on all scales that every engine has. */
async function predictions(found: Fit | MlFit, one: Case): Promise<[string, Known][]> {
  const all: [string, Known][] = [];
  for (const effects of ["conditional", "marginal", "zero"] as const)
    for (const asked of [{ scale: "link" }, { scale: "mean" }, { quantity: one.quantity }] as const) {
      const { quantities } = await predict(found, someRows(one), { effects, level, ...asked });
      for (const { name, estimate, lower, upper } of quantities)
        estimate.forEach((value, i) => {
          all.push([`${effects} ${name} ${i}`, { estimate: value, lower: lower[i], upper: upper[i] }]);
        });
    }
  return all;
}

async function estimands(found: Fit | MlFit, one: Case): Promise<[string, Known][]> {
  return [
    ...numbersIn(await means(found, { ...one.means, level }), "means"),
    ...numbersIn(await contrasts(found, { ...one.contrasts, level }), "contrasts"),
    ...numbersIn(await slopes(found, { ...one.slopes, level }), "slopes"),
    ...numbersIn(await testHypotheses(found, one.hypothesis, { level }), "test"),
  ];
}

async function solutions(found: Fit | MlFit, { solve: { model: _, ...asked } }: Case): Promise<[string, Known][]> {
  return numbersIn(await solve(found, { ...asked, level }), "solve");
}

async function ofPopulation(found: Fit | MlFit, one: Case): Promise<[string, Known][]> {
  return numbersIn(await population(found, someRows(one), { level }), "population");
}

/** The scale on which a posterior is nearer to normal. */
function scaleOf(name: string, known: readonly Known[]): (value: number) => number {
  if (/link|coefficients|slopes|contrasts|test|differences/.test(name)) return (value) => value;
  if (!known.every(({ lower }) => lower > 0)) return (value) => value;
  return known.every(({ upper }) => upper < 1) ? (value) => Math.log(value / (1 - value)) : Math.log;
}

/** How far two engines are apart in estimate and ends, in sds of the first. */
function apart(name: string, one: Known, other: Known): { readonly estimate: number; readonly ends: number } | null {
  const to = scaleOf(name, [one, other]);
  const sd = (to(one.upper) - to(one.lower)) / 3.29;
  // Some have the same value whatever the parameters are, as the attenuation under the identity.
  if (!(sd > 1e-9 && Number.isFinite(sd)) || Number.isNaN(other.lower)) return null;
  const away = (k: keyof Known) => Math.abs(to(other[k]) - to(one[k])) / sd;
  return { estimate: away("estimate"), ends: Math.max(away("lower"), away("upper")) };
}

/** Four Monte Carlo errors of a median and of a 5% quantile, in sds, of two engines with so many independent draws, and what approximations may be off. */
function tolerancesOf(engine: Other, ess: number, { near }: Case) {
  if (engine === "ml") return { estimate: near, ends: 2 * near };
  const error = 4 * Math.sqrt(1 / ess + 1 / 2000);
  return { estimate: 0.05 + 1.25 * error, ends: 0.1 + 2.11 * error };
}

interface Fits extends Readonly<Record<Other | "laplace", Fit | MlFit>> {
  /** The least of nuts' effective sample sizes. */
  readonly ess: number;
}

async function fitsOf(model: string, { data: path }: Case): Promise<Fits> {
  const data = parseTable(read(path), { name: path });
  const [laplace, inla, ml] = [
    await fit(model, data, { engine: "laplace", draws: 2000, seed: 1 }),
    await fit(model, data, { engine: "inla", seed: 1 }),
    await fit(model, data, { engine: "ml" }),
  ];
  const nuts = await fit(model, data, { engine: "nuts", chains: 2, draws: 800, seed: 1 });
  const sizes = nuts.summary().parameters.map(({ essBulk = 0, essTail = 0 }) => Math.min(essBulk, essTail));
  return { laplace, inla, ml, nuts, ess: Math.min(...sizes) };
}

describe.each(cases)("the engines agree on $name", (one) => {
  let whole: Fits;
  let solved: Fits;
  beforeAll(async () => {
    whole = await fitsOf(one.model, one);
    solved = one.solve.model === undefined ? whole : await fitsOf(one.solve.model, one);
  }, 60_000);

  const ofWhole = () => whole;
  it.each([
    ["predictions", predictions, ofWhole],
    ["means, contrasts, slopes and hypotheses", estimands, ofWhole],
    ["populations", ofPopulation, ofWhole],
    ["solutions", solutions, () => solved],
  ] as const)("in %s", async (kind, of, fitted) => {
    const fits = fitted();
    const own = new Map(await of(fits.laplace, one));
    expect(own.size).toBeGreaterThan(0);
    for (const engine of others) {
      const found = await of(fits[engine], one);
      const tolerance = tolerancesOf(engine, fits.ess, one);
      // Maximum likelihood has no conditional R2 of the responses, and every other number.
      expect(found.every(([name]) => own.has(name))).toBe(true);
      expect(own.size - found.length).toBeLessThanOrEqual(Number(engine === "ml"));
      for (const [name, other] of found) {
        const distance = apart(name, own.get(name) ?? expect.fail(), other);
        if (distance === null) continue;
        expect(distance.estimate, `${engine} ${name}`).toBeLessThan(tolerance.estimate);
        // Wald's intervals of variances and their shares are no nearer to those of a posterior than its tails are long.
        if (engine === "ml" && kind === "populations" && !name.includes("coefficients")) continue;
        expect(distance.ends, `${engine} ends of ${name}`).toBeLessThan(tolerance.ends);
      }
    }
  });
});
