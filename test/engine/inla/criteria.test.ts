import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import { inla } from "../../../src/engine/inla/inla.js";
import { defaultInlaOptions } from "../../../src/engine/inla/options.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { runSync } from "../../../src/math/steps.js";
import type { Criteria } from "../../../src/posterior/Criteria.js";
import type { Posterior } from "../../../src/posterior/Posterior.js";
import { viewOf } from "../../marginal/designs.js";

type Data = Readonly<Record<string, readonly (number | string)[]>>;

const run = (text: string, data: Data, options = {}) =>
  runSync(inla(viewOf(text, toTable(data)).view, { ...defaultInlaOptions, ...options }));

function criteriaOf(text: string, data: Data, options = {}): Criteria {
  const { criteria } = run(text, data, { ...options, criteria: true });
  if (criteria === undefined) throw new Error("criteria were asked for");
  return criteria;
}

function logEvidence({ record }: Posterior): number {
  return record.approximation?.logMarginalLikelihood ?? NaN;
}

const less = (data: Data, row: number): Data =>
  Object.fromEntries(Object.entries(data).map(([name, column]) => [name, column.filter((_, i) => i !== row)]));

describe("criteria of a normal mean with known sigma", () => {
  const y = [1.2, -0.4, 2.2, 0.9, 1.6, -1.1, 0.7];
  const text = "y ~ normal(mu, 0.8)\nmu = 1\nprior beta[Intercept] ~ normal(0.5, 2)";
  const found = criteriaOf(text, { y }, { draws: 4096 });
  const posterior = (rows: readonly number[]) => {
    const precision = 1 / 4 + rows.length / 0.64;
    return { mean: (0.5 / 4 + rows.reduce((a, b) => a + b, 0) / 0.64) / precision, variance: 1 / precision };
  };
  const logNormal = (x: number, mean: number, variance: number) =>
    -0.5 * ((x - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));
  const all = posterior(y);

  it("have the deviance, pD and DIC of the closed form", () => {
    const atMean = -2 * y.reduce((sum, value) => sum + logNormal(value, all.mean, 0.64), 0);
    expect(found.dic.devianceAtMeans).toBeCloseTo(atMean, 2);
    expect(found.dic.pD).toBeCloseTo((y.length * all.variance) / 0.64, 2);
    expect(found.dic.dic).toBeCloseTo(atMean + (2 * y.length * all.variance) / 0.64, 2);
  });

  it("have the WAIC of the closed form, row by row", () => {
    y.forEach((value, i) => {
      const variance = (2 * all.variance ** 2 + 4 * all.variance * (value - all.mean) ** 2) / (4 * 0.64 ** 2);
      expect(found.waic.pointwise.lppd[i]).toBeCloseTo(logNormal(value, all.mean, 0.64 + all.variance), 2);
      expect(found.waic.pointwise.pWaic[i]).toBeCloseTo(variance, 2);
    });
    expect(found.waic.waic).toBeCloseTo(-2 * (found.waic.lppd - found.waic.pWaic), 10);
  });

  it("have the CPO and the PIT of the closed form, within their errors", () => {
    y.forEach((value, i) => {
      const { mean, variance } = posterior(y.filter((_, j) => j !== i));
      const exact = logNormal(value, mean, 0.64 + variance);
      expect(Math.abs(found.cpo.logValues[i] - exact)).toBeLessThan(3 * found.cpo.errors[i]);
      expect(found.cpo.errors[i]).toBeLessThan(0.02);
      expect(found.pit?.values[i]).toBeCloseTo(normalProbability((value - mean) / Math.sqrt(0.64 + variance)), 1);
    });
    expect(found.cpo.failures).toBe(0);
    expect(found.pit?.isDiscrete).toBe(false);
  });
});

/** By Simpson's rule. */
function normalProbability(z: number): number {
  const steps = 2000;
  const at = (k: number) => Math.exp(-0.5 * (-10 + ((z + 10) * k) / steps) ** 2) / Math.sqrt(2 * Math.PI);
  let total = 0;
  for (let k = 0; k <= steps; k++) total += at(k) * (k % steps === 0 ? 1 : k % 2 === 1 ? 4 : 2);
  return (total * (z + 10)) / (3 * steps);
}

const stream = createStream(5, 1);
const grouped = simulated(10, 4);

/** Groups of rows with a response of every kind. */
function simulated(groups: number, size: number) {
  const rows = Array.from({ length: groups * size }, (_, i) => i);
  const g = rows.map((i) => `g${Math.floor(i / size)}`);
  const h = rows.map((i) => `h${(i * 3 + Math.floor(i / size)) % 5}`);
  const b = Array.from({ length: groups }, () => 0.8 * stream.normal());
  const x = rows.map(() => stream.normal());
  const eta = rows.map((i) => 0.3 + 0.5 * x[i] + b[Math.floor(i / size)]);
  const logistic = (value: number) => 1 / (1 + Math.exp(-value));
  const successes = (p: number, trials: number) =>
    Array.from({ length: trials }, () => Number(stream.uniform() < p)).reduce((a, c) => a + c, 0);
  return {
    g,
    h,
    x,
    y: eta.map((value) => value + 0.5 * stream.normal()),
    won: eta.map((value) => successes(logistic(value), 1)),
    share: eta.map((value) => successes(logistic(value), 6)),
    size: rows.map(() => 6),
    count: eta.map((value) => successes(Math.min(1, Math.exp(value) / 40), 40)),
  };
}

const fixed = "\nprior beta[Intercept] ~ normal(0, 3)\nprior beta ~ normal(0, 2)";
const random = `${fixed}\nprior sd ~ exponential(1)`;
const models: Readonly<Record<string, string>> = {
  "normal, no effects": `y ~ normal(mu, sigma)\nmu = 1 + x${fixed}\nprior sigma ~ exponential(1)`,
  normal: `y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)${random}\nprior sigma ~ exponential(1)`,
  bernoulli: `won ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)${random}`,
  binomial: `share ~ binomial(size, p)\nlogit(p) = 1 + x + (1 | g)${random}`,
  poisson: `count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)${random}`,
  "negative binomial": `count ~ negative_binomial(mu, 6)\nlog(mu) = 1 + x + (1 | g)${random}`,
  "poisson, slopes": `count ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x || g)${random}`,
  "poisson, crossed": `count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g) + (1 | h)${random}`,
};

/** Of a log CPO against the marginal likelihoods with and without the row, beside three of its own errors; where factors cross, by expansion. */
const LEAVE_ONE_OUT = 0.02;
const CROSSED = 0.06;

describe("conditional predictive ordinates", () => {
  it.each(Object.keys(models))("are the ratio of marginal likelihoods with and without the row: %s", (name) => {
    const found = criteriaOf(models[name], grouped);
    const all = logEvidence(run(models[name], grouped));
    for (const row of [1, 18, 35]) {
      const exact = all - logEvidence(run(models[name], less(grouped, row)));
      const i = viewOf(models[name], toTable(grouped)).design.rowIndex.indexOf(row);
      expect(Math.abs(found.cpo.logValues[i] - exact)).toBeLessThan(
        (name.includes("crossed") ? CROSSED : LEAVE_ONE_OUT) + 3 * found.cpo.errors[i],
      );
      expect(found.cpo.values[i]).toBeCloseTo(Math.exp(found.cpo.logValues[i]), 12);
    }
  });
});

describe("probability integral transforms", () => {
  const many = simulated(60, 5);

  /** The largest distance of an empirical distribution function from the uniform one. */
  function distance(values: Float64Array): number {
    const sorted = values.slice().sort();
    return sorted.reduce(
      (most, value, k) => Math.max(most, (k + 1) / sorted.length - value, value - k / sorted.length),
      0,
    );
  }
  /** The distance that 300 independent ones exceed once in a thousand times: 1.95 / sqrt(n) (Kolmogorov). */
  const LARGEST_DISTANCE = 1.95 / Math.sqrt(300);

  it("are uniform where the model is right, and not where it is wrong", () => {
    const right = criteriaOf(models.normal, many, { draws: 100 });
    const wrong = criteriaOf(models.normal.replace("sigma)", "1.5)").replace(/\nprior sigma.*/, ""), many, {
      draws: 100,
    });
    expect(distance(right.pit?.values ?? new Float64Array(1))).toBeLessThan(LARGEST_DISTANCE);
    expect(distance(wrong.pit?.values ?? new Float64Array(1))).toBeGreaterThan(LARGEST_DISTANCE);
  });

  it("are uniform for counts when drawn between those of the count and of one less", () => {
    const { pit, cpo } = criteriaOf(models.poisson, many, { draws: 100 });
    if (pit === null) throw new Error("the Poisson family has a distribution function");
    expect(pit.isDiscrete).toBe(true);
    for (let i = 0; i < cpo.values.length; i++) expect(pit.values[i]).toBeGreaterThan(cpo.values[i] - 0.01);
    const drawn = pit.values.map((value, i) => value - stream.uniform() * cpo.values[i]);
    expect(distance(drawn)).toBeLessThan(LARGEST_DISTANCE);
  });
});

describe("criteria of many rows", () => {
  it("are computed at fewer of the positions asked for, and say at how many", () => {
    const rows = simulated(250, 5);
    const [found, again] = [1, 2].map((seed) => criteriaOf(models.poisson, rows, { seed, draws: 512 }));
    expect(criteriaOf(models.poisson, grouped).positions).toBe(80);
    expect(criteriaOf(models.poisson, grouped, { draws: 512 }).positions).toBe(512);
    // Every second of 512: no fewer than 300,000 / 1250.
    expect(found.positions).toBe(256);
    expect(found.cpo.values.length).toBe(1250);
    // Of some 2000, by other positions.
    expect(Math.abs(found.cpo.logScore - again.cpo.logScore)).toBeLessThan(1);
    expect(Math.abs(found.waic.waic - again.waic.waic)).toBeLessThan(2);
    expect(Math.abs(found.dic.dic - again.dic.dic)).toBeLessThan(2);
    expect(found.cpo.logScore).not.toBe(again.cpo.logScore);
  });

  it("are at 80 positions of the moments of all nearly what they are at thousands", () => {
    const many = criteriaOf(models.poisson, grouped, { draws: 4096 });
    const few = criteriaOf(models.poisson, grouped);
    expect(few.positions).toBe(80);
    few.cpo.logValues.forEach((value, i) => {
      expect(Math.abs(value - many.cpo.logValues[i])).toBeLessThan(0.06);
      expect(Math.abs((few.pit?.values[i] ?? NaN) - (many.pit?.values[i] ?? NaN))).toBeLessThan(0.01);
    });
    expect(Math.abs(few.waic.waic - many.waic.waic)).toBeLessThan(0.2);
    expect(Math.abs(few.dic.dic - many.dic.dic)).toBeLessThan(0.2);
  });
});

describe("inla", () => {
  it("computes no criteria unless asked to, and the same posterior either way", () => {
    const without = run(models.poisson, grouped);
    const posterior = run(models.poisson, grouped, { criteria: true });
    expect(without.criteria).toBeUndefined();
    expect(logEvidence(posterior)).toBe(logEvidence(without));
  });
});
