import { describe, expect, it } from "vitest";
import { EngineError } from "../../../src/engine/EngineError.js";
import type { Estimates } from "../../../src/engine/ml/Estimates.js";
import { LinearCriterion } from "../../../src/engine/ml/lmm/criterion.js";
import { linearProducts } from "../../../src/engine/ml/lmm/products.js";
import { relativeCovariance } from "../../../src/engine/ml/lmm/relativeCovariance.js";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { cholesky, inverseFromCholesky } from "../../../src/math/linalg/cholesky.js";
import { runSync } from "../../../src/math/steps.js";
import { numericalGradient, uniforms } from "../../density/models.js";
import { viewOf } from "./models.js";

/** Relative, of estimates and standard errors: the optimiser's share. */
const tolerance = 1e-4;

const groups = 12;
const perGroup = 6;
const rows = groups * perGroup;
const group = Array.from({ length: rows }, (_, i) => Math.floor(i / perGroup));
const within = (i: number) => i % perGroup;
const time = group.map((_, i) => within(i) - 2.5);

function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => Array.from({ length: 12 }, next).reduce((total, u) => total + u / 2, 0);
}

/** Intercepts a_j + slopes b_j of time + noise, over the groups. */
function simulated(seed: number, effects: (next: () => number) => readonly [number, number]): number[] {
  const next = normals(seed);
  const drawn = Array.from({ length: groups }, () => effects(next));
  return group.map((j, i) => 10 + drawn[j][0] + drawn[j][1] * time[i] + next());
}

/** Noise without a mean or a trend in any group. */
function balancedNoise(seed: number): number[] {
  const next = normals(seed);
  const noise = group.map(() => next());
  return noise.map((value, i) => {
    const members = noise.map((other, k) => ({ other, k })).filter(({ k }) => group[k] === group[i]);
    const mean = members.reduce((sum, { other }) => sum + other, 0) / perGroup;
    const squares = members.reduce((sum, { k }) => sum + time[k] ** 2, 0);
    const slope = members.reduce((sum, { other, k }) => sum + other * time[k], 0) / squares;
    return value - mean - slope * time[i];
  });
}

function fitted(text: string, y: readonly number[], reml: boolean, covariate: readonly number[] = time) {
  return runSync(
    linearMixedModel(viewOf(`y ~ normal(mu, sigma)\nmu = ${text}`, { y, t: covariate, g: group }), { reml }),
  );
}

function parameter({ parameters }: Estimates, name: string) {
  const found = parameters.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${parameters.map((p) => p.name).join(", ")}`);
  return found;
}

function expectNear(actual: number | undefined, expected: number): void {
  expect(Math.abs((actual ?? NaN) / expected - 1)).toBeLessThan(tolerance);
}

const squares = (x: readonly number[]) => x.reduce((total, value) => total + value * value, 0);
const average = (x: readonly number[]) => x.reduce((total, value) => total + value, 0) / x.length;

describe("balanced groups", () => {
  const y = simulated(4, (next) => [1.5 * next(), 0]);
  const means = Array.from({ length: groups }, (_, j) => average(y.filter((__, i) => group[i] === j)));
  const between = perGroup * squares(means.map((mean) => mean - average(y)));
  const inner = squares(y.map((value, i) => value - means[group[i]]));
  const [betweenDegrees, innerDegrees] = [groups - 1, rows - groups];

  it("have the analysis of variance as their REML fit, standard errors and degrees of freedom included", () => {
    const fit = fitted("1 + (1 | g)", y, true);
    const [betweenMean, innerMean] = [between / betweenDegrees, inner / innerDegrees];
    const sd = Math.sqrt((betweenMean - innerMean) / perGroup);
    expectNear(parameter(fit, "sigma").estimate, Math.sqrt(innerMean));
    expectNear(parameter(fit, "sigma").standardError, Math.sqrt(innerMean / (2 * innerDegrees)));
    expectNear(parameter(fit, "sd[g, Intercept]").estimate, sd);
    const variance = (2 * (betweenMean ** 2 / betweenDegrees + innerMean ** 2 / innerDegrees)) / perGroup ** 2;
    expectNear(parameter(fit, "sd[g, Intercept]").standardError, Math.sqrt(variance) / (2 * sd));
    const intercept = parameter(fit, "beta[Intercept]");
    expectNear(intercept.estimate, average(y));
    expectNear(intercept.standardError, Math.sqrt(betweenMean / rows));
    expectNear(intercept.degreesOfFreedom, betweenDegrees);
    expect(fit.parameterCount).toBe(3);
  });

  it("have its biased variances as their maximum likelihood", () => {
    const fit = fitted("1 + (1 | g)", y, false);
    const innerMean = inner / innerDegrees;
    expectNear(parameter(fit, "sigma").estimate, Math.sqrt(innerMean));
    expectNear(parameter(fit, "sd[g, Intercept]").estimate, Math.sqrt((between / groups - innerMean) / perGroup));
  });

  it("test a covariate within groups against the error within them", () => {
    const { degreesOfFreedom } = parameter(fitted("1 + t + (1 | g)", y, true), "beta[t]");
    expectNear(degreesOfFreedom, innerDegrees - 1);
  });
});

describe("without random effects", () => {
  const y = simulated(6, () => [0, 0.3]);

  it("is ordinary regression", () => {
    const fit = fitted("1 + t", y, true);
    const slope = squares(time) ** -1 * y.reduce((total, value, i) => total + value * time[i], 0);
    const rest = squares(y.map((value, i) => value - average(y) - slope * time[i]));
    const variance = rest / (rows - 2);
    expectNear(parameter(fit, "beta[t]").estimate, slope);
    expectNear(parameter(fit, "beta[t]").standardError, Math.sqrt(variance / squares(time)));
    expectNear(parameter(fit, "beta[t]").degreesOfFreedom, rows - 2);
    expectNear(parameter(fit, "sigma").estimate, Math.sqrt(variance));
    const likelihood = fitted("1 + t", y, false).logLikelihood;
    expectNear(likelihood ?? NaN, -0.5 * rows * (1 + Math.log((2 * Math.PI * rest) / rows)));
  });
});

describe("correlated effects", () => {
  const y = simulated(12, (next) => {
    const a = next();
    return [1.2 * a, 0.3 * a + 0.5 * next()];
  });
  const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + t + (1 + t | g)", { y, t: time, g: group });
  const names = ["sd[g, Intercept]", "sd[g, t]", "cor[g, Intercept, t]", "sigma"];

  for (const reml of [false, true])
    it(`have standard errors from second differences in sds, correlation and sigma (REML: ${reml})`, () => {
      const fit = runSync(linearMixedModel(view, { reml }));
      const at = Float64Array.from(names, (name) => parameter(fit, name).estimate);
      const criterion = new LinearCriterion(linearProducts(view), reml);
      const value = ([a, b, r, sigma]: Float64Array) =>
        criterion.evaluate(
          [Float64Array.of(a / sigma, 0, (r * b) / sigma, (Math.sqrt(1 - r * r) * b) / sigma)],
          null,
          sigma,
        ).value;
      const slopes = (x: Float64Array) => numericalGradient(value, x);
      const columns = Array.from(at, (_, k) =>
        Array.from(at, (__, j) => numericalGradient((x) => slopes(x)[j], at)[k]),
      );
      const information = Float64Array.from(columns.flat());
      expect(cholesky(information, 4)).toBe(true);
      const covariance = new Float64Array(16);
      inverseFromCholesky(information, 4, covariance);
      names.forEach((name, k) => {
        expectNear(parameter(fit, name).standardError, Math.sqrt(covariance[5 * k]));
      });
    });

  it("do not depend on the units of response and covariate but by theirs", () => {
    const fit = fitted("1 + t + (1 + t | g)", y, true);
    const scaled = fitted(
      "1 + t + (1 + t | g)",
      y.map((value) => 1e-3 * value),
      true,
      time.map((value) => 1e4 * value),
    );
    const shift = (rows - 2) * Math.log(1e3) - Math.log(1e4);
    expect(Math.abs((scaled.logLikelihood ?? NaN) - (fit.logLikelihood ?? NaN) - shift)).toBeLessThan(1e-6);
    expectNear(parameter(scaled, "sd[g, t]").estimate, 1e-7 * parameter(fit, "sd[g, t]").estimate);
    expectNear(parameter(scaled, "sd[g, t]").standardError, 1e-7 * parameter(fit, "sd[g, t]").standardError);
    expectNear(parameter(scaled, "cor[g, Intercept, t]").estimate, parameter(fit, "cor[g, Intercept, t]").estimate);
    expectNear(parameter(scaled, "beta[t]").degreesOfFreedom, parameter(fit, "beta[t]").degreesOfFreedom ?? NaN);
  });

  it("take a sigma that the model holds", () => {
    const free = runSync(linearMixedModel(view, { reml: false }));
    const sigma = parameter(free, "sigma").estimate;
    const table = { y, t: time, g: group };
    const held = runSync(
      linearMixedModel(viewOf(`y ~ normal(mu, ${sigma})\nmu = 1 + t + (1 + t | g)`, table), { reml: false }),
    );
    expect(held.parameters.map(({ name }) => name)).toEqual(free.parameters.slice(0, -1).map(({ name }) => name));
    expect(held.parameterCount).toBe(free.parameterCount - 1);
    expect(Math.abs((held.logLikelihood ?? NaN) - (free.logLikelihood ?? NaN))).toBeLessThan(1e-8);
    held.parameters.forEach(({ estimate }, k) => {
      expectNear(estimate, free.parameters[k].estimate);
    });
    const name = "sd[g, Intercept]";
    expect(parameter(held, name).standardError).toBeLessThan(parameter(free, name).standardError);
  });
});

describe("singular fits", () => {
  const noise = balancedNoise(5);

  it("put a variance at zero where groups differ by less than chance, and say so", () => {
    const fit = fitted("1 + (1 | g)", noise, true);
    expect(parameter(fit, "sd[g, Intercept]")).toMatchObject({ estimate: 0, standardError: NaN });
    expectNear(parameter(fit, "sigma").estimate, Math.sqrt(squares(noise) / (rows - 1)));
    expect(fit.logLikelihood).toBeCloseTo(fitted("1", noise, true).logLikelihood ?? NaN, 8);
    expect(fit.notes.map(({ code }) => code)).toEqual(["singular"]);
    expect(fit.notes[0].message).toContain("sd[g, Intercept] = 0");
    expect(fit.effects?.modes[0].every((mode) => mode === 0)).toBe(true);
    expect(fit.convergence.converged).toBe(true);
  });

  it("keep a slope's variance where the intercept's is zero", () => {
    const next = normals(9);
    const slopes = Array.from({ length: groups }, () => 2 * next());
    const y = noise.map((value, i) => value + slopes[group[i]] * time[i]);
    const fit = fitted("1 + t + (1 + t | g)", y, false);
    const alone = fitted("1 + t + (0 + t | g)", y, false);
    expect(parameter(fit, "sd[g, Intercept]")).toMatchObject({ estimate: 0, standardError: NaN });
    expectNear(parameter(fit, "sd[g, t]").estimate, parameter(alone, "sd[g, t]").estimate);
    expectNear(parameter(fit, "sd[g, t]").standardError, parameter(alone, "sd[g, t]").standardError);
    expect(parameter(fit, "cor[g, Intercept, t]").estimate).toBeNaN();
    expect(fit.logLikelihood).toBeCloseTo(alone.logLikelihood ?? NaN, 7);
    expect(fit.notes.map(({ code }) => code)).toEqual(["singular"]);
  });

  it("reach a correlation of 1", () => {
    const next = normals(14);
    const effects = Array.from({ length: groups }, () => 1.5 * next());
    const y = noise.map((value, i) => value + effects[group[i]] * (1 + 0.8 * time[i]));
    const fit = fitted("1 + t + (1 + t | g)", y, true);
    const correlation = parameter(fit, "cor[g, Intercept, t]");
    expect(correlation.estimate).toBeCloseTo(1, 9);
    expect(correlation.standardError).toBeNaN();
    expect(parameter(fit, "sd[g, t]").standardError).toBeGreaterThan(0);
    expect(fit.notes[0].message).toContain("cor[g, Intercept, t] = 1");
    const criterion = new LinearCriterion(linearProducts(viewFor(y)), true);
    const [a, b] = ["sd[g, Intercept]", "sd[g, t]"].map((name) => parameter(fit, name).estimate);
    const sigma = parameter(fit, "sigma").estimate;
    for (const r of [0.999, 0.99, 0.9, 0.5]) {
      const Lambda = Float64Array.of(a / sigma, 0, (r * b) / sigma, (Math.sqrt(1 - r * r) * b) / sigma);
      expect(-criterion.evaluate([Lambda], null).value).toBeLessThan(fit.logLikelihood ?? NaN);
    }
  });

  const viewFor = (y: readonly number[]) =>
    viewOf("y ~ normal(mu, sigma)\nmu = 1 + t + (1 + t | g)", { y, t: time, g: group });
});

describe("the start of the search", () => {
  it("is the maximum of a balanced one-way layout", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const y = simulated(seed, (next) => [next(), 0]);
      const text = "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)";
      const view = viewOf(text, { y, g: group });
      const { start } = relativeCovariance(linearProducts(view), parameterVector(view));
      const fit = runSync(linearMixedModel(view, { reml: false }));
      expectNear(start[0], parameter(fit, "sd[g, Intercept]").estimate / parameter(fit, "sigma").estimate);
      expect(fit.convergence.iterations).toBe(0);
    }
  });

  it("is the same in any units of the response and of the covariate", () => {
    const y = simulated(3, (next) => [next(), next()]);
    const startOf = (unit: number, covariateUnit: number) => {
      const table = { y: y.map((value) => unit * value), t: time.map((value) => covariateUnit * value), g: group };
      const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + t + (1 + t | g)", table);
      return relativeCovariance(linearProducts(view), parameterVector(view)).start;
    };
    const start = startOf(1, 1);
    startOf(1e4, 1e-3).forEach((value, k) => {
      if (start[k] === 0) expect(value).toBe(0);
      else expectNear(value, start[k]);
    });
  });
});

describe("what cannot be fitted", () => {
  const y = simulated(2, (next) => [next(), 0]);
  const fitOf = (text: string, table: Record<string, readonly number[]>) => () =>
    runSync(linearMixedModel(viewOf(text, table), { reml: true }));

  it("is refused with the cause", () => {
    const count = y.map((value) => Math.round(Math.abs(value)));
    expect(fitOf("count ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", { count, g: group })).toThrow(EngineError);
    expect(fitOf("y ~ normal(mu, sigma)\nmu = 1 + t", { y: [1, 2], t: [0, 1] })).toThrow(
      /2 coefficients leave nothing/,
    );
    expect(fitOf("y ~ normal(mu, sigma)\nmu = 1 + t + (1 | g)", { y: time, t: time, g: group })).toThrow(
      /without error/,
    );
  });

  it("is noted where two factors are one", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const response = simulated(seed, (next) => [next(), next()]);
      const table = { y: response, t: time, g: group, h: group.map((j) => 90 - j) };
      const text = "y ~ normal(mu, sigma)\nmu = 1 + t + (1 + t || g)";
      const reml = seed % 2 === 0;
      const once = runSync(linearMixedModel(viewOf(text, table), { reml }));
      const fit = runSync(linearMixedModel(viewOf(`${text} + (1 | h)`, table), { reml }));
      expect(fit.logLikelihood).toBeCloseTo(once.logLikelihood ?? NaN, 6);
      const sds = ["sd[g, Intercept]", "sd[h, Intercept]"].map((name) => parameter(fit, name));
      // The ridge of equal likelihood ends where all of the variance is one factor's.
      const isAtItsEnd = sds.some(({ estimate }) => estimate === 0);
      expect(fit.notes.map(({ code }) => code)).toEqual([isAtItsEnd ? "singular" : "undetermined"]);
      if (!isAtItsEnd) for (const { standardError } of sds) expect(standardError).toBeNaN();
      expectNear(parameter(fit, "beta[t]").standardError, parameter(once, "beta[t]").standardError);
    }
  });

  it("is refused where the groups leave no error", () => {
    expect(fitOf("y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", { y: group.map((j) => j % 5), g: group })).toThrow(
      EngineError,
    );
  });
});
