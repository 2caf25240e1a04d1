import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Table } from "../../../src/data/Table.js";
import { toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { defaultMlOptions } from "../../../src/engine/ml/options.js";
import {
  type ImportanceEstimate,
  ImportanceSampler,
  importanceSampling,
} from "../../../src/marginal/effects/importanceSampling.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { runSync } from "../../../src/math/steps.js";
import { seeds, uniforms } from "../../density/models.js";
import { groupedTable, type LambdaKind, randomLambda, randomParts, viewOf } from "../designs.js";
import { likelihoodCases, likelihoodProblem } from "../likelihoods.js";

/** Where a likelihood is exact. */
const EXACT = 1e-10;
/** Of 20,000 draws; four standard errors are less. */
const MANY_DRAWS = 2.5e-3;
const kinds: readonly LambdaKind[] = ["regular", "zero", "singular"];
const manyFactors = Object.values(randomParts).filter(({ structure }) => structure !== "single");

function sampled(view: LatentGaussian, values: LatentValues, draws: number, seed = 1): ImportanceEstimate {
  const estimate = runSync(importanceSampling(view, values, createStream(seed, 0), draws));
  if (estimate === null) throw new Error("there are no weights");
  return estimate;
}

describe("the marginal likelihood by importance sampling, of normal responses", () => {
  it("has constant weights, and is exact, whatever the random effects", () => {
    const problems = fc.tuple(seeds, fc.constantFrom(...manyFactors), fc.constantFrom(...kinds));
    const property = fc.property(problems, ([seed, { random }, kind]) => {
      const { view } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, groupedTable(seed, 40));
      const values = view.values();
      values.beta.set([1.1, -0.4]);
      values.dispersion[0] = 0.6;
      randomLambda(view, kind, seed).forEach((Lambda, f) => {
        values.Lambda[f].set(Lambda);
      });
      const estimate = sampled(view, values, 40, seed);
      expect(Math.abs(estimate.logLikelihood - laplaceMarginal(view).evaluate(values, null))).toBeLessThan(EXACT);
      expect(estimate.standardError).toBeLessThan(EXACT);
      expect(estimate.effectiveSampleSize).toBeCloseTo(40, 8);
      expect(estimate.paretoK).toBe(0);
    });
    fc.assert(property, { seed: 7, numRuns: 25 });
  });

  it("is that of the linear mixed model at its maximum", () => {
    const next = uniforms(4);
    const g = Float64Array.from({ length: 60 }, (_, i) => i % 6);
    const h = g.map((_, i) => Math.floor(i / 15));
    const y = g.map((level, i) => 0.7 * level - (h[i] % 2) + next());
    const { view } = viewOf("y ~ normal(mu, sigma)\nmu = 1 + (1 | g) + (1 | h)", toTable({ y, g, h }));
    const { parameters, logLikelihood } = runSync(linearMixedModel(view, defaultMlOptions, []));
    const [beta, sdG, sdH, sigma] = parameters.map(({ estimate }) => estimate);
    expect(Math.min(sdG, sdH)).toBeGreaterThan(0.1);
    const values = view.values();
    values.beta.set([beta]);
    values.Lambda[0].set([sdG]);
    values.Lambda[1].set([sdH]);
    values.dispersion.set([sigma]);
    expect(Math.abs(sampled(view, values, 40).logLikelihood - (logLikelihood ?? NaN))).toBeLessThan(EXACT);
  });
});

/** Responses of every kind; every level of g (2 or 3) meets every level of h (2). */
function tinyTable(levels: 2 | 3, rows: number): Table {
  const next = uniforms(11);
  const column = (of: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => of(i));
  const count = (n: number) => Math.floor(((next() + 1) / 2) * n);
  const size = column(() => 1 + count(5));
  return toTable({
    x1: column(next),
    g: column((i) => i % levels),
    h: column((i) => Math.floor(i / levels) % 2),
    size,
    y: column(() => 1.5 + next()),
    binary: column((i) => (i < 2 ? i : count(2))),
    successes: size.map((n) => count(n + 1)),
    events: column(() => count(6)),
  });
}

/** Nodes out to six sds, and their weights under a standard normal. */
function trapezoids(step: number) {
  const count = Math.round(6 / step);
  return Array.from({ length: 2 * count + 1 }, (_, k) => {
    const node = (k - count) * step;
    return { node, weight: (step * Math.exp(-0.5 * node * node)) / Math.sqrt(2 * Math.PI) };
  });
}

/**
 * The mean of a power of the first effect under the likelihood, by the trapezoidal rule in each effect, times the likelihood; those of factor 0, with a
 * step of their own, are independent given the others.
 */
function bruteMean(
  view: LatentGaussian,
  values: LatentValues,
  step: number,
  stepOfFirst: number,
  power: number,
): number {
  const [{ levels, levelIndex }, second] = view.factors;
  const b = [new Float64Array(levels), new Float64Array(second.levels)];
  const table = view.rowTable();
  const given = (): number => {
    const integrals = new Float64Array(levels);
    for (const { node, weight } of trapezoids(stepOfFirst)) {
      b[0].fill(values.Lambda[0][0] * node);
      view.evaluateRows(values, b, 0, table);
      const likelihoods = new Float64Array(levels).fill(weight);
      levelIndex.forEach((level, i) => {
        likelihoods[level] *= Math.exp(table.value[i]);
      });
      for (let j = 0; j < levels; j++) integrals[j] += likelihoods[j] * (j === 0 ? b[0][0] ** power : 1);
    }
    return integrals.reduce((product, integral) => product * integral);
  };
  const over = (level: number): number => {
    if (level === second.levels) return given();
    let total = 0;
    for (const { node, weight } of trapezoids(step)) {
      b[1][level] = values.Lambda[1][0] * node;
      total += weight * over(level + 1);
    }
    return total;
  };
  return over(0);
}

function bruteForce(view: LatentGaussian, values: LatentValues, step: number, stepOfFirst = step): number {
  return Math.log(bruteMean(view, values, step, stepOfFirst, 0));
}

/** Thirty levels of one binary row, two levels crossed with them. */
function singleRows(sd: number) {
  const level = Float64Array.from({ length: 30 }, (_, i) => i);
  const table = toTable({ y: level.map((i) => (i % 3 === 0 ? 1 : 0)), g: level, h: level.map((i) => i % 2) });
  const { view } = viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g) + (1 | h)", table);
  const values = view.values();
  values.beta.set([-0.5]);
  values.Lambda[0].set([sd]);
  values.Lambda[1].set([0.5]);
  return { view, values };
}

const STEP = 0.35;

function tinyProblem(name: string, levels: 2 | 3) {
  const table = tinyTable(levels, 12);
  const { view, values } = likelihoodProblem(likelihoodCases[name], "(1 | g) + (1 | h)", table, "regular", 23);
  return { view, values, exact: bruteForce(view, values, STEP) };
}

describe("the marginal likelihood by importance sampling, of other responses", () => {
  it.each([
    ["bernoulli logit", 2],
    ["bernoulli cloglog", 3],
    ["binomial logit", 2],
    ["poisson log", 3],
    ["normal log", 2],
    ["negative binomial identity", 3],
    ["negative binomial, modelled phi", 2],
  ] as const)("is that of brute force within its standard errors: %s, %d x 2 levels", (name, levels) => {
    const { view, values, exact } = tinyProblem(name, levels);
    expect(Math.abs(bruteForce(view, values, 1.2 * STEP) - exact)).toBeLessThan(1e-5);
    const { logLikelihood, standardError, paretoK } = sampled(view, values, 400);
    expect(paretoK).toBeLessThan(0.7);
    expect(Math.abs(logLikelihood - exact)).toBeLessThan(4 * standardError);
  });

  it.each(["bernoulli logit", "poisson log"])(
    "is that of brute force with many draws, where Laplace's is not: %s",
    (name) => {
      const { view, values, exact } = tinyProblem(name, 3);
      expect(Math.abs(laplaceMarginal(view).evaluate(values, null) - exact)).toBeGreaterThan(3 * MANY_DRAWS);
      const { logLikelihood, standardError } = sampled(view, values, 20_000);
      expect(4 * standardError).toBeLessThan(MANY_DRAWS);
      expect(Math.abs(logLikelihood - exact)).toBeLessThan(MANY_DRAWS);
    },
  );

  it.each([3, 6, 12])("is that of brute force with thirty binary rows a level of their own, whose sd is %d", (sd) => {
    const { view, values } = singleRows(sd);
    const exact = bruteForce(view, values, 0.7, 0.08);
    const { logLikelihood, standardError } = sampled(view, values, 200);
    expect(Math.abs(logLikelihood - exact)).toBeLessThan(0.01 + 4 * standardError);
    expect(standardError).toBeLessThan(0.01);
  });

  it.each([1, 6, 12])("has the moments of the largest factor's effects by brute force, whose sd is %d", (sd) => {
    const { view, values } = singleRows(sd);
    const [total, first, second, third] = [0, 1, 2, 3].map((power) => bruteMean(view, values, 0.7, 0.08, power));
    const mean = first / total;
    const variance = second / total - mean ** 2;
    const near = [new Float64Array(30), new Float64Array(2)];
    const { free, moments } = runSync(
      runSync(ImportanceSampler.at(view, values)).sample(values, createStream(1, 0), 400, { near, wantsMoments: true }),
    );
    expect(free).toBe(0);
    expect(Math.abs((moments?.means[0] ?? NaN) - mean)).toBeLessThan(0.02 * Math.sqrt(variance));
    expect((moments?.sds[0] ?? NaN) / Math.sqrt(variance)).toBeCloseTo(1, 1);
    const skewness = (third / total - 3 * mean * variance - mean ** 3) / variance ** 1.5;
    expect(Math.abs((moments?.skewness[0] ?? NaN) - skewness)).toBeLessThan(0.1);
  });

  it("asks for as many draws as the sds of both factors make it noisy, and tells what noise is left", () => {
    const next = uniforms(5);
    const count = (n: number) => Math.floor(((next() + 1) / 2) * n);
    const g = Float64Array.from({ length: 150 }, (_, i) => (i < 40 ? i : count(40)));
    const h = g.map((_, i) => (i < 40 ? i : count(40)));
    const { view } = viewOf(
      "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g) + (1 | h)",
      toTable({ y: g.map(() => count(2)), g, h }),
    );
    const [small, large, huge] = [0.3, 2, 8].map((sd) => {
      const values = view.values();
      for (const Lambda of values.Lambda) Lambda.set([sd]);
      return runSync(runSync(ImportanceSampler.at(view, values)).drawsNeeded([values]));
    });
    expect(small.draws).toBe(2);
    expect(small.noise).toBeLessThan(0.05);
    expect(large.draws).toBeGreaterThan(2);
    expect(huge.draws).toBe(32);
    expect(huge.noise).toBeGreaterThan(0.5);
  });

  it("has standard errors of the right size", () => {
    const { view, values, exact } = tinyProblem("bernoulli logit", 3);
    const squares = Array.from({ length: 100 }, (_, seed) => {
      const { logLikelihood, standardError } = sampled(view, values, 100, seed);
      return ((logLikelihood - exact) / standardError) ** 2;
    });
    const rms = Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
    expect(rms).toBeGreaterThan(0.75);
    expect(rms).toBeLessThan(1.35);
  });

  it("is the same for the same stream, and another for another", () => {
    const { view, values } = tinyProblem("poisson log", 2);
    expect(sampled(view, values, 50, 3)).toEqual(sampled(view, values, 50, 3));
    expect(sampled(view, values, 50, 3).logLikelihood).not.toBe(sampled(view, values, 50, 4).logLikelihood);
  });

  it("refuses a model of one factor", () => {
    const { view, values } = likelihoodProblem(
      likelihoodCases["poisson log"],
      "(1 | g)",
      tinyTable(2, 12),
      "regular",
      1,
    );
    expect(() => sampled(view, values, 40)).toThrow(RangeError);
  });
});
