import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type ContrastsOptions,
  contrasts,
  type Fit,
  fit,
  type MeansOptions,
  type MlFit,
  means,
  parseTable,
  type SlopesOptions,
  slopes,
  testHypotheses,
} from "../../src/index.js";

// The engines are of one posterior, with flat priors near enough to the likelihood of these data, so that each number of one engine is within its spread of those of the others.

const folder = (path: string) => resolve(import.meta.dirname, "../..", path);
const read = (path: string) => parseTable(readFileSync(folder(path), "utf8"), { name: path });

interface Case {
  readonly name: string;
  readonly data: string;
  readonly model: string;
  readonly means: MeansOptions;
  readonly contrasts: ContrastsOptions;
  readonly slopes: SlopesOptions;
  readonly hypothesis: string;
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
    near: 0.35,
  },
  {
    name: "cbpp",
    data: "models/cbpp/data.csv",
    model: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
    means: { of: ["period"], effects: "marginal" },
    contrasts: { of: ["period"], contrast: ["reference"], as: "ratio" },
    slopes: { of: ["period"], scale: "mean", effects: "marginal" },
    hypothesis: "exp(beta[factor(period).2]) = 0.5",
    near: 0.5,
  },
  {
    name: "rcbd",
    data: "models/rcbd/data.csv",
    model: "count ~ normal(mu, sigma)\nmu = 1 + treatment + (1 | clinic)",
    means: { of: ["treatment"] },
    contrasts: { of: ["treatment"] },
    slopes: { of: ["treatment"] },
    hypothesis: "beta[treatment] = 0",
    near: 0.5,
  },
  {
    name: "contraception",
    data: "validation/data/contraception.csv",
    model: "use ~ bernoulli(p)\nlogit(p) = 1 + age + I(age^2) + urban + livch + (1 | district)",
    means: { of: ["livch"], effects: "marginal", at: { age: [-5, 5] } },
    contrasts: { of: ["livch"], scale: "mean", effects: "marginal" },
    slopes: { of: ["age", "urban"], at: { age: [-5, 5] } },
    hypothesis: "beta[age] - 2 * beta[I(age^2)] = 0",
    near: 0.35,
  },
];

interface Known {
  readonly estimate: number;
  readonly sd: number;
}

async function allOf(found: Fit | MlFit, one: Case): Promise<Known[]> {
  const parts = [
    await means(found, one.means),
    await contrasts(found, one.contrasts),
    await slopes(found, one.slopes),
    await testHypotheses(found, one.hypothesis),
  ];
  return parts.flatMap(({ rows }): Known[] => [...rows]);
}

describe.each(cases)("the engines agree on $name", (one) => {
  it("in means, contrasts, slopes and hypotheses", { timeout: 120_000 }, async () => {
    const data = read(one.data);
    const ml = await allOf(await fit(one.model, data, { engine: "ml" }), one);
    const laplace = await allOf(await fit(one.model, data, { engine: "laplace", seed: 1 }), one);
    const inla = await allOf(await fit(one.model, data, { engine: "inla", seed: 1 }), one);
    const nuts = await allOf(await fit(one.model, data, { engine: "nuts", chains: 2, draws: 600, seed: 1 }), one);
    expect(ml.length).toBeGreaterThan(3);
    laplace.forEach(({ estimate, sd }, k) => {
      for (const [name, others] of Object.entries({ inla, nuts })) {
        expect(Math.abs(others[k].estimate - estimate) / sd, `${name} ${k}`).toBeLessThan(0.2);
        expect(Math.abs(Math.log(others[k].sd / sd)), `sd of ${name} ${k}`).toBeLessThan(0.25);
      }
      expect(Math.abs(ml[k].estimate - estimate) / sd, `ml ${k}`).toBeLessThan(one.near);
      expect(Math.abs(Math.log(ml[k].sd / sd)), `se of ml ${k}`).toBeLessThan(0.5);
    });
  });
});
