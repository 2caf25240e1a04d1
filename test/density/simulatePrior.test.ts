import { describe, expect, it } from "vitest";
import type { Table } from "../../src/data/Table.js";
import { toTable } from "../../src/data/toTable.js";
import { createStream } from "../../src/math/random/createStream.js";
import { priors } from "../../src/prior/priors.js";
import { compiled, randomTable } from "./models.js";

const table = randomTable(3, 60);
const draws = 4000;
/** Of a chi-square with 19 degrees of freedom, exceeded with probability 1e-6; the seed is fixed. */
const mostChiSquare = 65;

const lines = [
  "events ~ negative_binomial(mu, phi)",
  "log(mu) = 1 + x1 + (1 + x1 + x2 | g) + (1 | h)",
  "prior intercept ~ normal(0.5, 0.3)",
  "prior beta ~ normal(0, 0.5)",
  "prior sd ~ half_normal(0.4)",
  "prior sd[h] ~ lognormal(-1, 0.5)",
  "prior cor ~ lkj(1.7)",
  "prior phi ~ gamma(4, 2)",
];
const { design, model } = compiled(lines.join("\n"), table);

/** How many of the values fall into each of 20 parts of equal probability. */
function chiSquare(values: readonly number[], cdf: (x: number) => number): number {
  const counts = new Array<number>(20).fill(0);
  for (const value of values) counts[Math.min(19, Math.floor(20 * cdf(value)))]++;
  const expected = values.length / 20;
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}

const cdfOf = (name: string, ...numbers: number[]) => {
  const density = priors.find((prior) => prior.name === name)?.make(numbers);
  if (density === undefined) throw new Error(`no prior ${name}`);
  return (x: number) => Math.exp(density.logProbability(density.lower, x));
};

describe("draws from the prior", () => {
  const stream = createStream(1, 1);
  const simulations = Array.from({ length: draws }, () => model.simulatePrior(stream));
  const { parameters, randomEffects } = model.quantities;
  const valuesOf = (name: string) => {
    const at = [...parameters, ...randomEffects.map((effect) => effect.name)].indexOf(name);
    return simulations.map(({ draw }) => draw[at]);
  };

  it("have the priors' distributions", () => {
    expect(chiSquare(valuesOf("beta[x1]"), cdfOf("normal", 0, 0.5))).toBeLessThan(mostChiSquare);
    expect(chiSquare(valuesOf("sd[g, x2]"), cdfOf("half_normal", 0.4))).toBeLessThan(mostChiSquare);
    expect(chiSquare(valuesOf("sd[h, Intercept]"), cdfOf("lognormal", -1, 0.5))).toBeLessThan(mostChiSquare);
    expect(chiSquare(valuesOf("phi"), cdfOf("gamma", 4, 2))).toBeLessThan(mostChiSquare);
  });

  it("have lkj's correlations: (r + 1) / 2 is beta(eta + q / 2 - 1), for each pair", () => {
    const shape = 1.7 + 3 / 2 - 1;
    const beta = cdfOf("beta", shape, shape);
    for (const pair of ["Intercept, x1", "Intercept, x2", "x1, x2"])
      expect(chiSquare(valuesOf(`cor[g, ${pair}]`), (r) => beta((r + 1) / 2))).toBeLessThan(mostChiSquare);
  });

  it("have the intercept where its prior is: at the covariates' means", () => {
    const [{ columns, columnMeans }] = design.predictors;
    const slopes = valuesOf("beta[x1]");
    const centred = valuesOf("beta[Intercept]").map((raw, k) => raw + columnMeans[columns.indexOf("x1")] * slopes[k]);
    expect(chiSquare(centred, cdfOf("normal", 0.5, 0.3))).toBeLessThan(mostChiSquare);
  });

  it("have effects with the covariance of their draw", () => {
    const normal = cdfOf("normal", 0, 1);
    const [level] = design.predictors[0].factors[0].levels;
    const scaled = (of: string) => {
      const sds = valuesOf(`sd[g, ${of}]`);
      return valuesOf(`b[g, ${level}, ${of}]`).map((b, k) => b / sds[k]);
    };
    const [u, v, cor] = [scaled("Intercept"), scaled("x2"), valuesOf("cor[g, Intercept, x2]")];
    expect(chiSquare(u, normal)).toBeLessThan(mostChiSquare);
    const given = v.map((value, k) => (value - cor[k] * u[k]) / Math.sqrt(1 - cor[k] * cor[k]));
    expect(chiSquare(given, normal)).toBeLessThan(mostChiSquare);
  });

  it("lead to responses with the family's mean and variance at their linear predictor", () => {
    const [{ columns, X, factors, randomTerms }] = design.predictors;
    const at = (name: string, k: number) =>
      simulations[k].draw[[...parameters, ...randomEffects.map((effect) => effect.name)].indexOf(name)];
    const row = 7;
    const standardised = simulations.map(({ response }, k) => {
      let eta = columns.reduce((sum, column, c) => sum + X[c * design.rows + row] * at(`beta[${column}]`, k), 0);
      for (const { factor, coefficients, Z } of randomTerms) {
        const { name, levels, levelIndex } = factors[factor];
        coefficients.forEach((coefficient, c) => {
          eta += Z[c * design.rows + row] * at(`b[${name}, ${levels[levelIndex[row]]}, ${coefficient}]`, k);
        });
      }
      const mu = Math.exp(eta);
      return (response[row] - mu) / Math.sqrt(mu + (mu * mu) / at("phi", k));
    });
    const mean = standardised.reduce((a, b) => a + b, 0) / draws;
    const variance = standardised.reduce((a, b) => a + b * b, 0) / draws;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws));
    expect(Math.abs(variance - 1)).toBeLessThan(0.3);
  });
});

describe("a simulation", () => {
  it("is the same for the same stream", () => {
    expect(model.simulatePrior(createStream("a", 2))).toEqual(model.simulatePrior(createStream("a", 2)));
  });

  it("has a dispersion with a predictor of its own, or a number", () => {
    const modelled = compiled("y ~ normal(mu, sigma)\nmu = 1 + (1 | g)\nlog(sigma) = 1 + x1", table).model;
    const fixed = compiled("y ~ normal(mu, 1e-9)\nmu = 1 + x1", table);
    expect(modelled.simulatePrior(createStream(1, 1)).response.every(Number.isFinite)).toBe(true);
    const { draw, response } = fixed.model.simulatePrior(createStream(1, 1));
    const { X, columns } = fixed.design.predictors[0];
    response.forEach((y, i) => {
      const mu = columns.reduce((sum, _, c) => sum + X[c * fixed.design.rows + i] * draw[c], 0);
      expect(y).toBeCloseTo(mu, 6);
    });
  });

  const ratings = toTable(Array.from({ length: 24 }, (_, i) => ({ rating: 1 + (i % 12), x: i % 5 })));
  const thresholds = (text: string, table: Table, seed: number) => {
    const { model } = compiled(text, table);
    const names = model.quantities.parameters;
    const { draw } = model.simulatePrior(createStream(seed, 1));
    return names.flatMap((name, k) => (name.startsWith("threshold") ? [draw[k]] : []));
  };

  it.each([
    "",
    "prior threshold ~ normal(0, 2)",
    "prior threshold[1] ~ normal(-9, 1)",
    "prior threshold[4] ~ normal(0, 1)",
  ])("has the thresholds of twelve categories ascend: %s", (prior) => {
    const drawn = thresholds(`rating ~ cumulative(mu)\nlogit(mu) = x\n${prior}`, ratings, 1);
    expect(drawn).toHaveLength(11);
    expect(drawn).toEqual([...drawn].sort((a, b) => a - b));
  });

  it("has three thresholds distributed as independent ones are that ascend", () => {
    const text = "rating ~ cumulative(mu)\nlogit(mu) = 0 + x\nprior threshold[2] ~ normal(1, 1)";
    const priorsOf = "\nprior threshold[1] ~ normal(0, 2)\nprior threshold[3] ~ normal(0, 2)\nprior beta ~ constant(0)";
    const table = toTable([1, 2, 3, 4].map((rating) => ({ rating, x: 1 })));
    const middle = Array.from({ length: 2000 }, (_, seed) => thresholds(text + priorsOf, table, seed)[1]);
    // The density of the second is that of normal(1, 1) times the chances of the first below and of the third above it.
    const below = cdfOf("normal", 0, 2);
    const step = 1e-3;
    const weight = (t: number) => Math.exp(-((t - 1) ** 2) / 2) * below(t) * (1 - below(t));
    const grid = Array.from({ length: 12_001 }, (_, k) => -6 + k * step);
    const cumulative = grid.map(weight);
    for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
    const cdf = (t: number) => cumulative[Math.round((Math.min(6, Math.max(-6, t)) + 6) / step)] / cumulative[12_000];
    expect(chiSquare(middle, cdf)).toBeLessThan(mostChiSquare);
  });

  it("needs proper priors", () => {
    const flat = compiled("y ~ normal(mu, sigma)\nmu = 1 + x1\nprior beta ~ flat()", table).model;
    expect(() => flat.simulatePrior(createStream(1, 1))).toThrow("the prior on beta[x1] is improper");
  });
});
