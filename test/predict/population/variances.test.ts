import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { defineFamily, families, fit, parseTable } from "../../../src/index.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { population } from "../../../src/predict/population/population.js";
import { dataFile } from "../../../validation/files.js";
import { median, overNormal } from "./bruteForce.js";
import { draws, trial } from "./trial.js";

const fixture: readonly Row[] = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../validation/fixtures/population/variances.fixture.json"), "utf8"),
);
interface Row {
  readonly name: string;
  readonly fixed: number;
  readonly random: number;
  readonly observation: number | null;
  readonly icc: number | null;
  readonly marginal: number | null;
  readonly conditional: number | null;
}
const cbpp = (link: string) => ({
  data: "cbpp.csv",
  model: `incidence ~ binomial(size, p)\n${link}(p) = 1 + factor(period) + (1 | herd)`,
});
const cases = {
  sleepstudy: { data: "sleepstudy.csv", model: "Reaction ~ normal(mu, sigma)\nmu = 1 + Days + (1 + Days | Subject)" },
  penicillin: { data: "penicillin.csv", model: "diameter ~ normal(mu, sigma)\nmu = 1 + (1 | plate) + (1 | sample)" },
  cbpp_logit: cbpp("logit"),
  cbpp_probit: cbpp("probit"),
  cbpp_cloglog: cbpp("cloglog"),
  epilepsy: {
    data: "epilepsy.csv",
    model: "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
  },
};
const table = (name: string) => parseTable(readFileSync(dataFile(name), "utf8"), { name });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("variances, ICC and R2 on the scale of the link", () => {
  it.each(fixture)("are those of R's performance: $name", async ({ name, fixed, random, ...expected }) => {
    const { data, model } = Object.entries(cases).find(([key]) => key === name)?.[1] ?? cases.sleepstudy;
    const method = name === "epilepsy" ? { method: "laplace" as const } : {};
    const { variances, groups, r2 } = await population(await fit(model, table(data), { engine: "ml", ...method }));
    const close = (found: number | undefined, exact: number) =>
      expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(1e-4 * Math.abs(exact) + 1e-12);
    const own = variances.map(({ variance }) => variance.estimate);
    close(own[0], fixed);
    close(sum(own.slice(1, -1)), random);
    if (expected.observation === null) return;
    close(own.at(-1), expected.observation);
    close(groups.at(-1)?.link?.estimate, expected.icc ?? Number.NaN);
    close(r2.link?.marginal.estimate, expected.marginal ?? Number.NaN);
    close(r2.link?.conditional.estimate, expected.conditional ?? Number.NaN);
  });

  it("single responses vary by log(1 + V / mean^2) under log, at the mean over the rows", async () => {
    const model = "count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)";
    const found = await fit(model, trial, { engine: "ml" });
    const at = (name: string) => found.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const v = at("sd[g, Intercept]") ** 2;
    const mean = sum(trial.x.map((x) => Math.exp(at("beta[Intercept]") + at("beta[x]") * x + v / 2))) / trial.x.length;
    const { variances, response } = await population(found);
    expect(response.mean.estimate).toBeCloseTo(mean, 10);
    expect(variances[2].variance.estimate).toBeCloseTo(Math.log1p(1 / mean + 1 / at("phi")), 8);
  });

  it("a factor with a level a row belongs to what single responses vary by", async () => {
    const data = { ...trial, row: trial.x.map((_, i) => i) };
    const found = await fit("count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g) + (1 | row)", data, { engine: "ml" });
    const { variances, groups, r2 } = await population(found);
    const [fixed, g, row, observation] = variances.map(({ variance }) => variance.estimate);
    expect(groups.map(({ factors }) => factors)).toEqual([["g"]]);
    expect(groups[0].link?.estimate).toBeCloseTo(g / (g + row + observation), 10);
    expect(r2.link?.conditional.estimate).toBeCloseTo((fixed + g) / (fixed + g + row + observation), 10);
  });

  it("a family whose record does not say the latent variance leaves them out, and says so", async () => {
    const bernoulli = families.find(({ name }) => name === "bernoulli") ?? families[0];
    const { latentVariance: _, kernels: __, ...record } = bernoulli;
    const coin = defineFamily({ ...record, name: "coin" });
    const model = "yes ~ coin(p)\nlogit(p) = 1 + x + (1 | g)";
    const found = await fit(model, trial, { engine: "ml", families: [coin] });
    const own = await population(found);
    const builtIn = await population(await fit(model.replace("coin", "bernoulli"), trial, { engine: "ml" }));
    expect(own.r2.link).toBeNull();
    expect(own.groups[0].link).toBeNull();
    expect(own.variances.map(({ name, share }) => [name, share])).toEqual([
      ["fixed effects", null],
      ["g", null],
    ]);
    expect(own.notes).toEqual([
      "the record of the family coin has no latentVariance for the link logit: the variance of single responses on the scale of the link, and intraclass correlations and R2 on it, are left out",
    ]);
    expect(own.groups[0].response.estimate).toBeCloseTo(builtIn.groups[0].response.estimate, 5);
    expect(builtIn.notes).toEqual([]);
  });
});

describe("responses of a group", () => {
  it("are correlated as simulated ones: crossed factors, one nested in another", async () => {
    const data = { ...trial, half: trial.g.map((_, i) => i % 2) };
    const model = "yes ~ bernoulli(p)\nlogit(p) = 1 + (1 | h/half) + (1 | g)";
    const found = await fit(model, data, { engine: "laplace", draws: 100 });
    const { groups } = await population(found);
    expect(groups.map(({ factors }) => factors)).toEqual([["h"], ["h", "h:half"], ["g"], ["h", "h:half", "g"]]);
    const intercept = draws(found, "beta[Intercept]");
    const sds = ["sd[h, Intercept]", "sd[h:half, Intercept]", "sd[g, Intercept]"].map((name) => draws(found, name));
    const stream = createStream("pairs", 1);
    const probability = (eta: number) => 1 / (1 + Math.exp(-eta));
    const shares = [
      [true, false, false],
      [true, true, false],
      [false, false, true],
      [true, true, true],
    ];
    shares.forEach((shared, k) => {
      const correlation = intercept.map((b0, s) => {
        // Given the shared effects the two are independent: the covariance is a variance of conditional means.
        const total = sum(sds.map((sd) => sd[s] ** 2));
        const common = sum(sds.map((sd, t) => (shared[t] ? sd[s] ** 2 : 0)));
        const mean = overNormal(probability, b0, total);
        const both = overNormal((w) => overNormal(probability, b0 + w, total - common) ** 2, 0, common);
        return (both - mean * mean) / (mean * (1 - mean));
      });
      expect(groups[k].response.estimate).toBeCloseTo(median(correlation), 6);
    });
    // And pairs of responses themselves, at the medians of the parameters.
    const [b0, ...own] = [intercept, ...sds].map(median);
    let [n, first, second, product] = [400_000, 0, 0, 0];
    for (let pair = 0; pair < n; pair++) {
      const common = own[0] * stream.normal() + own[1] * stream.normal();
      const [y1, y2] = [0, 1].map(() => Number(stream.uniform() < probability(b0 + common + own[2] * stream.normal())));
      first += y1 / n;
      second += y2 / n;
      product += (y1 * y2) / n;
    }
    const simulated = (product - first * second) / Math.sqrt(first * (1 - first) * second * (1 - second));
    expect(Math.abs(simulated - groups[1].response.estimate)).toBeLessThan(0.02);
  });

  it("vary by a dispersion with a line of its own, and by weights and known errors of their rows", async () => {
    const line = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nlog(sigma) = 1 + arm", trial, {
      engine: "laplace",
    });
    const [s0, drug] = ["sigma.beta[Intercept]", "sigma.beta[arm.drug]"].map((name) => draws(line, name));
    const within = s0.map((at, s) => (Math.exp(2 * at) + Math.exp(2 * (at + drug[s]))) / 2);
    const own = await population(line);
    expect(own.response.within.estimate).toBeCloseTo(median(within), 10);
    expect(own.variances[2].variance.estimate).toBeCloseTo(median(within), 10);
    const w = trial.x.map((_, i) => 1 + (i % 4));
    const weighted = await fit(
      "y | weights(w) ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)",
      { ...trial, w },
      {
        engine: "ml",
      },
    );
    const sigma = weighted.ml.parameters.find(({ name }) => name === "sigma")?.estimate ?? Number.NaN;
    const { response } = await population(weighted);
    expect(response.within.estimate).toBeCloseTo((sigma ** 2 * sum(w.map((each) => 1 / each))) / w.length, 8);
  });
});

it("the Bayesian R2 is that of Gelman and others, draw by draw", async () => {
  const found = await fit("count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", trial, { engine: "laplace", draws: 200 });
  const [b0, bx, sd] = ["beta[Intercept]", "beta[x]", "sd[g, Intercept]"].map((name) => draws(found, name));
  const b = new Map([...new Set(trial.g)].map((level) => [level, draws(found, `b[g, ${level}, Intercept]`)]));
  const variance = (values: readonly number[]) => {
    const centre = sum(values) / values.length;
    return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
  };
  const shares = b0.map((at, s) => {
    const means = trial.x.map((x, i) => Math.exp(at + bx[s] * x + (b.get(trial.g[i])?.[s] ?? Number.NaN)));
    const marginal = trial.x.map((x) => Math.exp(at + bx[s] * x + sd[s] ** 2 / 2));
    const between = marginal.map((mean) => mean * mean * Math.expm1(sd[s] ** 2));
    const n = means.length;
    return {
      conditional: variance(means) / (variance(means) + sum(means) / n),
      marginal: variance(marginal) / (variance(marginal) + (sum(marginal) + sum(between)) / n),
    };
  });
  const { r2 } = await population(found);
  expect(r2.response?.conditional?.estimate).toBeCloseTo(median(shares.map(({ conditional }) => conditional)), 10);
  expect(r2.response?.marginal.estimate).toBeCloseTo(median(shares.map(({ marginal }) => marginal)), 10);
  const ofMl = await population(await fit("count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", trial, { engine: "ml" }));
  expect(ofMl.r2.response?.conditional).toBeNull();
});

it("intervals of maximum likelihood that would span everything on the log scale are cut at the ends of the range", async () => {
  const y = [1, 5, 58, 7, 1, 4, 0, 2, 2, 41, 41, 51, 8, 1, 2, 110];
  const data = { y, g: y.map((_, i) => i % 8), x: y.map((_, i) => Math.floor(i / 8)) };
  const found = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)", data, { engine: "ml" });
  const { variances, groups, response } = await population(found);
  const { variance } = variances[1];
  expect(variance.sd).toBeGreaterThan(2 * variance.estimate);
  expect(variance.lower).toBe(0);
  expect(variance.upper).toBeCloseTo(variance.estimate + 1.959964 * variance.sd, 4);
  expect(response.within.lower).toBeGreaterThan(50);
  expect(groups[0].response.lower).toBe(0);
  expect(groups[0].response.upper).toBeLessThanOrEqual(1);
});
