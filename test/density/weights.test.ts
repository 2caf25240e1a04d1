import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TableInput, toTable } from "../../src/data/toTable.js";
import type { LogDensity } from "../../src/density/LogDensity.js";
import { aghqMarginal } from "../../src/marginal/likelihoods/aghq.js";
import { runSync } from "../../src/math/steps.js";
import { compiled, gradientError, position, seeds, uniforms } from "./models.js";

const runs = { seed: 20261129, numRuns: 5 };
const differenceTolerance = 1e-6;
/** Of the sum of the absolute terms of a log density. */
const identityTolerance = 1e-10;

/** Thirty rows: responses of each kind, whole weights w, positive weights v, known errors s. */
function rows(seed: number) {
  const next = uniforms(seed);
  return Array.from({ length: 30 }, (_, i) => {
    const count = (n: number) => Math.floor(((next() + 1) / 2) * n);
    const size = 1 + count(5);
    return {
      x: next(),
      g: i < 4 ? i : count(4),
      y: 0.5 + 0.4 * next(),
      binary: i < 2 ? i : count(2),
      size,
      successes: count(size + 1),
      events: count(6),
      w: 1 + count(3),
      v: 1.2 + next(),
      s: 0.4 + 0.3 * next(),
    };
  });
}

function density(text: string, data: TableInput): LogDensity {
  return compiled(text, toTable(data)).model.logDensity("noncentred");
}

function value(of: LogDensity, at: Float64Array): number {
  return of.logDensityGradient(at, new Float64Array(at.length));
}

function expectSame(a: LogDensity, b: LogDensity, seed: number): void {
  const at = position(a.dimension, seed);
  expect(b.dimension).toBe(a.dimension);
  const [ga, gb] = [new Float64Array(at.length), new Float64Array(at.length)];
  const [va, vb] = [a.logDensityGradient(at, ga), b.logDensityGradient(at, gb)];
  expect(Math.abs(va - vb)).toBeLessThan(identityTolerance * (1 + Math.abs(va) + 1000));
  ga.forEach((slope, k) => {
    expect(Math.abs(slope - gb[k])).toBeLessThan(1e-9 * (1 + Math.abs(slope)));
  });
}

/** Priors without a say of the data, which repeated rows would change. */
const priors = "\nprior beta[Intercept] ~ normal(0, 1)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(1)";
const sigmaPrior = "\nprior sigma ~ exponential(1)";
const formula = "1 + x + (1 + x | g)";

/** Sums over the rows at given parameters and effects: the log-likelihood, its gradient, and what curvatures are made of. */
function sums(text: string, data: TableInput, seed: number): number[] {
  const latent = compiled(text, toTable(data)).model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  const { view } = latent;
  const next = uniforms(seed + 1);
  const values = view.values();
  values.beta.forEach((_, k) => {
    values.beta[k] = 0.5 * next();
  });
  values.dispersion.forEach((_, k) => {
    values.dispersion[k] = 1 + 0.5 * next();
  });
  const b = view.factors.map(({ levels, effects }) => Float64Array.from({ length: levels * effects }, () => next()));
  const table = view.rowTable();
  const total = view.evaluateRows(values, b, 3, table);
  const [beta, curvature] = [new Float64Array(values.beta.length), new Float64Array(values.beta.length)];
  const [score, slope] = [new Float64Array(values.dispersion.length), new Float64Array(values.dispersion.length)];
  const effects = new Float64Array(b[0].length);
  const densities = new Float64Array(view.rows);
  view.crossBeta(table.dEta, beta);
  view.crossBeta(table.dEta3, curvature);
  view.crossEffects(0, table.dEta2, effects);
  if (score.length > 0) {
    view.crossDispersion(table.dPsi, score);
    view.crossDispersion(table.dEta2Psi, slope);
  }
  view.logDensities(table, densities);
  return [total, densities.reduce((a, c) => a + c), ...beta, ...curvature, ...effects, ...score, ...slope];
}

const weightedCases: readonly (readonly string[])[] = [
  ["binary", "bernoulli(p)", "logit(p)"],
  ["binary", "bernoulli(p)", "probit(p)"],
  ["successes", "binomial(size, p)", "logit(p)"],
  ["successes | trials(size)", "binomial(p)", "cloglog(p)"],
  ["events", "poisson(mu)", "log(mu)"],
  ["events", "negative_binomial(mu, 2.5)", "log(mu)"],
  ["events", "negative_binomial(mu, phi)", "log(mu)"],
  ["events", "negative_binomial(mu, phi)", "log(mu)", "\nlog(phi) = 1 + x\nprior phi.beta[Intercept] ~ normal(0, 1)"],
  ["y | se(s, sigma)", "normal(mu, sigma)", "mu"],
  ["y | se(s, sigma)", "normal(mu, 0.7)", "mu"],
  ["y | se(s, sigma)", "normal(mu, sigma)", "mu", "\nlog(sigma) = 1 + x\nprior sigma.beta[Intercept] ~ normal(0, 1)"],
  ["y | se(s)", "normal(mu)", "log(mu)"],
];
/** Rows that are seen divided by their errors, so that sums over them are in other units. */
const scaledCases: typeof weightedCases = [["y | se(s)", "normal(mu)", "mu"]];

describe("a whole likelihood weight is the row so many times", () => {
  it.each(weightedCases)("%s ~ %s, %s", (left, family, mean, more = "") => {
    const after = `${family}\n${mean} = ${formula}${more}\nprior beta[Intercept] ~ normal(0, 1)`;
    const bar = left.includes("|") ? " +" : " |";
    fc.assert(
      fc.property(seeds, (seed) => {
        const data = rows(seed);
        const repeated = data.flatMap((row) => Array.from({ length: row.w }, () => row));
        const [one, many] = [
          sums(`${left}${bar} weights(w) ~ ${after}`, data, seed),
          sums(`${left} ~ ${after}`, repeated, seed),
        ];
        one.forEach((sum, k) => {
          expect(Math.abs(sum - many[k])).toBeLessThan(1e-10 * (10 + Math.abs(sum)));
        });
      }),
      runs,
    );
  });

  it.each([...weightedCases, ...scaledCases])(
    "in the density that samplers move in: %s ~ %s, %s",
    (left, family, mean, more = "") => {
      const after = `${family}\n${mean} = ${formula}${more}`;
      const bar = left.includes("|") ? " +" : " |";
      fc.assert(
        fc.property(seeds, (seed) => {
          const data = rows(seed);
          // At weights of 2 in place of 1 the density gains the likelihood once more.
          const [once, twice, thrice] = [1, 2, 3].map((w) =>
            density(`${left}${bar} weights(${w} + 0 * w) ~ ${after}`, data),
          );
          const at = position(once.dimension, seed);
          const plain = value(density(`${left} ~ ${after}`, data), at);
          expect(value(once, at)).toBeCloseTo(plain, 8);
          expect(value(thrice, at) - value(twice, at)).toBeCloseTo(value(twice, at) - value(once, at), 8);
          const weighted = density(`${left}${bar} weights(w) ~ ${after}`, data);
          expect(gradientError(weighted, at)).toBeLessThan(differenceTolerance);
        }),
        runs,
      );
    },
  );
});

describe("kernels take likelihood weights of any size into their rows", () => {
  it.each(
    ["binary | weights(v) ~ bernoulli(p)", "successes | trials(size) + weights(v) ~ binomial(p)"]
      .flatMap((left) => ["logit(p)", "probit(p)", "cloglog(p)"].map((mean) => [left, mean] as const))
      .concat([["events | weights(v) ~ poisson(mu)", "log(mu)"]]),
  )("%s, %s", (left, mean) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = `${left}\n${mean} = ${formula} + offset(0.2 * s)${priors}`;
        const { model } = compiled(text, toTable(rows(seed)));
        expect(model.hasKernel).toBe(true);
        expectSame(model.logDensity("noncentred", "plain"), model.logDensity("noncentred"), seed);
      }),
      runs,
    );
  });

  it("but where the density has a dispersion", () => {
    const text = `events | weights(v) ~ negative_binomial(mu, phi)\nlog(mu) = ${formula}`;
    expect(compiled(text, toTable(rows(3))).model.hasKernel).toBe(false);
  });

  it("and posteriors, maxima and integrals are those of the plain twin", () => {
    const text = `events | weights(v) ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)`;
    const { model } = compiled(text, toTable(rows(4)));
    const [kernel, plain] = (["auto", "plain"] as const).map((backend) => {
      const latent = runSync(model.standardisedLatentGaussian(backend));
      if ("refusal" in latent) throw new Error(latent.refusal);
      const values = latent.view.values();
      values.beta.set([0.3, -0.2]);
      values.Lambda[0][0] = 0.7;
      return aghqMarginal(latent.view, 9).evaluate(values, null);
    });
    expect(kernel).toBeCloseTo(plain, 8);
  });
});

describe("precision weights and known errors of a normal response", () => {
  const known = (sd: string) => `y ~ normal(mu, sigma)\nmu = ${formula}\nlog(sigma) = 0 + offset(log(${sd}))${priors}`;

  it.each([
    ["y | se(s) ~ normal(mu)", "s"],
    ["y | weights(v) ~ normal(mu, 0.7)", "0.7 / sqrt(v)"],
    ["y | se(s, sigma) ~ normal(mu, 0.7)", "sqrt(0.49 + s^2)"],
    ["y | weights(1 / s^2) ~ normal(mu, 1)", "s"],
  ])("%s has the sds %s", (response, sd) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const data = rows(seed);
        expectSame(density(known(sd), data), density(`${response}\nmu = ${formula}${priors}`, data), seed);
      }),
      runs,
    );
  });

  it("under a log link too", () => {
    const data = rows(7);
    const mean = `log(mu) = ${formula}`;
    const direct = `y ~ normal(mu, sigma)\n${mean}\nlog(sigma) = 0 + offset(log(0.7 / sqrt(v)))${priors}`;
    expectSame(density(direct, data), density(`y | weights(v) ~ normal(mu, 0.7)\n${mean}${priors}`, data), 7);
  });

  it("scale a modelled sigma", () => {
    const data = rows(8);
    const after = `mu = ${formula}\nlog(sigma) = 1 + x`;
    const more = `${priors}\nprior sigma.beta[Intercept] ~ normal(0, 1)\nprior sigma.beta ~ normal(0, 1)`;
    const direct = density(`y ~ normal(mu, sigma)\n${after} + offset(-0.5 * log(v))${more}`, data);
    expectSame(direct, density(`y | weights(v) ~ normal(mu, sigma)\n${after}${more}`, data), 8);
  });

  it.each([
    ["weights", "y | weights(v) ~ normal(mu, sigma)"],
    ["errors", "y | se(s, sigma) ~ normal(mu, sigma)"],
  ])("have the gradient of their density in sigma: %s", (_, response) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const one = density(`${response}\nmu = ${formula}${priors}${sigmaPrior}`, rows(seed));
        expect(gradientError(one, position(one.dimension, seed))).toBeLessThan(differenceTolerance);
      }),
      runs,
    );
  });

  it("that are all c rescale sigma, and nothing else", () => {
    const data = rows(9);
    const text = (response: string, rate: number) =>
      `${response} ~ normal(mu, sigma)\nmu = ${formula}${priors}\nprior sigma ~ exponential(${rate})`;
    const weighted = density(text("y | weights(4 + 0 * v)", 1), data);
    const plain = density(text("y", 2), data);
    const at = position(weighted.dimension, 9);
    const moved = at.slice();
    const scalar = weighted.quantities.parameters.length - 1;
    expect(weighted.quantities.parameters[scalar]).toBe("sigma");
    moved[scalar] -= Math.log(2);
    expect(value(weighted, at)).toBeCloseTo(value(plain, moved), 9);
  });
});
