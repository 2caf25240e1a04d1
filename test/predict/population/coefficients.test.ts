import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fit, parseTable, prepareModel } from "../../../src/index.js";
import { runSync } from "../../../src/math/steps.js";
import type { Ensemble } from "../../../src/predict/Ensemble.js";
import { MarginalCoefficients } from "../../../src/predict/population/MarginalCoefficients.js";
import { overRows } from "../../../src/predict/population/PopulationRow.js";
import { population } from "../../../src/predict/population/population.js";
import { rowsToPredict } from "../../../src/predict/rowsToPredict.js";
import { leastSquares, median, overNormal } from "./bruteForce.js";
import { draws, trial } from "./trial.js";

const slopes = "(1 + x | g)";
const links = {
  logit: {
    model: "yes ~ bernoulli(p)\nlogit(p) =",
    inverse: (eta: number) => 1 / (1 + Math.exp(-eta)),
    link: (p: number) => Math.log(p / (1 - p)),
  },
  cloglog: {
    model: "yes ~ bernoulli(p)\ncloglog(p) =",
    inverse: (eta: number) => -Math.expm1(-Math.exp(eta)),
    link: (p: number) => Math.log(-Math.log1p(-p)),
  },
  log: { model: "count ~ poisson(mu)\nlog(mu) =", inverse: Math.exp, link: Math.log },
  identity: { model: "y ~ normal(mu, sigma)\nmu =", inverse: (eta: number) => eta, link: (mu: number) => mu },
};

describe("marginal coefficients are least squares of the link of means by brute force", () => {
  it.each(Object.keys(links).filter((link): link is keyof typeof links => link in links))("%s", async (link) => {
    const { model, inverse, link: g } = links[link];
    const text = `${model} 1 + x + arm + offset(0.5 * log(weeks)) + ${slopes}`;
    const found = await fit(text, trial, { engine: "laplace", draws: 100, seed: 3 });
    const { coefficients, attenuation } = await population(found);
    const [b0, bx, drug] = ["Intercept", "x", "arm.drug"].map((name) => draws(found, `beta[${name}]`));
    const [s0, sx, cor] = ["sd[g, Intercept]", "sd[g, x]", "cor[g, Intercept, x]"].map((name) => draws(found, name));
    const X = trial.x.map((x, i) => [1, x, Number(trial.arm[i] === "drug")]);
    const offset = trial.weeks.map((weeks) => 0.5 * Math.log(weeks));
    const perDraw = b0.map((_, s) => {
      const own = X.map(([, x, isDrug]) => b0[s] + bx[s] * x + drug[s] * isDrug);
      const marginal = X.map(([, x], i) => {
        const variance = s0[s] ** 2 + 2 * cor[s] * s0[s] * sx[s] * x + (sx[s] * x) ** 2;
        return g(overNormal(inverse, own[i] + offset[i], variance)) - offset[i];
      });
      const [, slope] = leastSquares(
        own.map((eta) => [1, eta]),
        marginal,
      );
      return [...leastSquares(X, marginal), slope];
    });
    coefficients.forEach(({ marginal }, j) => {
      const expected = median(perDraw.map((row) => row[j]));
      expect(Math.abs((marginal?.estimate ?? Number.NaN) - expected)).toBeLessThan(1e-6);
    });
    expect(attenuation?.slope.estimate).toBeCloseTo(median(perDraw.map((row) => row[3])), 6);
  });
});

describe("where the random effects are intercepts", () => {
  it("those of probit are beta / sqrt(1 + v), draw by draw", async () => {
    const found = await fit("yes ~ bernoulli(p)\nprobit(p) = 1 + x + arm + (1 | g)", trial, { engine: "laplace" });
    const { coefficients, attenuation, lackOfFit } = await population(found);
    const sd = draws(found, "sd[g, Intercept]");
    for (const { name, marginal } of coefficients) {
      const exact = median(draws(found, name).map((beta, s) => beta / Math.sqrt(1 + sd[s] ** 2)));
      expect(marginal?.estimate).toBeCloseTo(exact, 11);
    }
    expect(attenuation?.slope.estimate).toBeCloseTo(median(sd.map((value) => 1 / Math.sqrt(1 + value ** 2))), 11);
    expect(attenuation?.approximation).toBeNull();
    expect(lackOfFit).toBeLessThan(1e-12);
  });

  it("those of log differ in the intercept alone, those of identity in nothing", async () => {
    const log = await fit("count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", trial, { engine: "inla" });
    const ofLog = await population(log);
    const sd = draws(log, "sd[g, Intercept]");
    const intercept = median(draws(log, "beta[Intercept]").map((beta, s) => beta + sd[s] ** 2 / 2));
    expect(ofLog.coefficients[0].marginal?.estimate).toBeCloseTo(intercept, 11);
    expect(ofLog.coefficients[1].marginal?.estimate).toBeCloseTo(ofLog.coefficients[1].subjectSpecific.estimate, 11);
    expect(ofLog.attenuation?.slope.estimate).toBeCloseTo(1, 11);
    const identity = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)", trial, { engine: "ml" });
    const { coefficients, lackOfFit } = await population(identity);
    for (const { marginal, subjectSpecific } of coefficients) {
      expect(marginal?.estimate).toBeCloseTo(subjectSpecific.estimate, 11);
      expect(marginal?.sd).toBeCloseTo(subjectSpecific.sd, 8);
    }
    expect(lackOfFit).toBeLessThan(1e-12);
  });

  it("the approximation of logit is near, and its formula", async () => {
    const found = await fit("yes ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", trial, { engine: "ml" });
    const { coefficients, attenuation, lackOfFit } = await population(found);
    const estimate = (name: string) => found.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const c = (16 * Math.sqrt(3)) / (15 * Math.PI);
    const factor = 1 / Math.sqrt(1 + (c * estimate("sd[g, Intercept]")) ** 2);
    expect(attenuation?.approximation?.estimate).toBeCloseTo(factor, 12);
    expect(coefficients[1].approximation?.estimate).toBeCloseTo(factor * estimate("beta[x]"), 12);
    expect(Math.abs((coefficients[1].marginal?.estimate ?? 0) / (factor * estimate("beta[x]")) - 1)).toBeLessThan(0.05);
    expect(lackOfFit).toBeGreaterThan(1e-6);
    expect(lackOfFit).toBeLessThan(0.01);
  });
});

it("maximum likelihood has standard errors by the delta method", async () => {
  const found = await fit("yes ~ bernoulli(p)\nprobit(p) = 1 + x + (1 | g)", trial, { engine: "ml" });
  const { coefficients, level } = await population(found);
  const { parameters, covariance } = found.ml;
  const at = (name: string) => parameters.findIndex((one) => one.name === name);
  const [x, sd] = [at("beta[x]"), at("sd[g, Intercept]")];
  const V = (j: number, k: number) => covariance?.[j * parameters.length + k] ?? Number.NaN;
  const [beta, tau] = [parameters[x].estimate, parameters[sd].estimate];
  const gradient = [1 / Math.sqrt(1 + tau ** 2), (-beta * tau) / (1 + tau ** 2) ** 1.5];
  const variance = gradient[0] ** 2 * V(x, x) + 2 * gradient[0] * gradient[1] * V(x, sd) + gradient[1] ** 2 * V(sd, sd);
  expect(level).toBe(0.95);
  expect(coefficients[1].marginal?.sd).toBeCloseTo(Math.sqrt(variance), 6);
});

it("those of GLMMadaptive's documented example come out within its Monte Carlo error", async () => {
  // Estimates and marginal_coefs(fm) as printed in the article "Methods for MixMod Objects", 3000 samples of the effects.
  const estimates = new Map([
    ["beta[Intercept]", -2.05781734],
    ["beta[sex.female]", -1.17087686],
    ["beta[time]", 0.26167597],
    ["beta[sex.female:time]", 0.00232125],
    ["sd[id, Intercept]", 0.6812],
    ["sd[id, time]", 0.2511],
    ["cor[id, Intercept, time]", 0.6538],
  ]);
  const documented = [-1.6026, -1.0989, 0.1766, 0.051];
  const csv = resolve(import.meta.dirname, "../../../validation/fixtures/population/glmmadaptive.csv");
  const model = "y ~ bernoulli(p)\nlogit(p) = 1 + sex * time + (1 + time | id)";
  const data = parseTable(readFileSync(csv, "utf8"), { name: "glmmadaptive.csv" });
  const { design, ast, compiled } = await prepareModel(model, data);
  const ensemble: Ensemble = {
    size: 1,
    shift: null,
    effectsVariance: null,
    weights: null,
    mean: ([value]) => value,
    parameter: (name) => Float64Array.of(estimates.get(name) ?? Number.NaN),
    effect: () => Float64Array.of(Number.NaN),
    estimate: ([value]) => ({ estimate: value, sd: 0, lower: value, upper: value }),
    covariance: () => 0,
  };
  const { rows } = rowsToPredict({ design, ast, compiled }, null, false);
  const found = new MarginalCoefficients(design, rows, ensemble);
  runSync(overRows(design, rows, ensemble, [found]));
  // 3000 samples of an effect with sd 0.68 and a slope of 0.25 about times up to 15.
  found.coefficients().forEach(({ marginal }, j) => {
    expect(Math.abs((marginal?.estimate ?? Number.NaN) - documented[j]), `${j}`).toBeLessThan(
      [0.04, 0.02, 0.01, 0.01][j],
    );
  });
});
