import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { uniforms } from "../density/models.js";

const next = uniforms(11);
const data = Array.from({ length: 48 }, (_, i) => {
  const [x, z] = [next(), 2 + next()];
  return {
    x,
    z,
    g: i % 8,
    k: i % 4,
    y: 1 + x + 0.5 * z + 0.5 * Math.sin(i % 8) + 0.5 * next(),
    n: Math.floor(Math.exp(0.4 * x + 0.3 * z) + next() + 1),
  };
});

const after = "\nprior beta[Intercept] ~ normal(0, 3)\nprior sd ~ exponential(1)";
const poisson = "n ~ poisson(mu)\nlog(mu) = ";

/** A model with a constant, and the same model as it is written without one. */
const pairs: readonly (readonly [string, string, string])[] = [
  [
    "a coefficient",
    `${poisson}1 + x + z + (1 | g)${after}\nprior beta[z] ~ constant(0.3)`,
    `${poisson}1 + x + offset(0.3 * z) + (1 | g)${after}`,
  ],
  [
    "all coefficients",
    `${poisson}1 + x + z + (1 | g)${after}\nprior beta ~ constant(0.25)`,
    `${poisson}1 + offset(0.25 * x + 0.25 * z) + (1 | g)${after}`,
  ],
  [
    "all coefficients but one",
    `${poisson}1 + x + z + (1 | g)${after}\nprior beta ~ constant(0.25)\nprior beta[x] ~ normal(0, 1)`,
    `${poisson}1 + x + offset(0.25 * z) + (1 | g)${after}\nprior beta[x] ~ normal(0, 1)`,
  ],
  [
    "an intercept",
    `${poisson}1 + x + (1 | g)\nprior beta[Intercept] ~ constant(1)\nprior sd ~ exponential(1)`,
    `${poisson}0 + x + offset(1 + 0 * x) + (1 | g)\nprior sd ~ exponential(1)`,
  ],
  [
    "correlations at 0",
    `${poisson}1 + (1 + x | g)${after}\nprior cor ~ constant(0)`,
    `${poisson}1 + (1 + x || g)${after}`,
  ],
  [
    "the intercept at the covariates' means",
    `${poisson}1 + x + z + (1 | g)\nprior intercept ~ constant(1)\nprior sd ~ exponential(1)`,
    `${poisson}0 + center(x) + center(z) + offset(1 + 0 * x) + (1 | g)\nprior sd ~ exponential(1)`,
  ],
  [
    "an sd at 0",
    `${poisson}1 + x + (1 + x | g)${after}\nprior sd[g, x] ~ constant(0)`,
    `${poisson}1 + x + (1 | g)${after}`,
  ],
  [
    "every sd of a factor at 0",
    `${poisson}1 + x + (1 | k/g)${after}\nprior sd[k] ~ constant(0)`,
    `${poisson}1 + x + (1 | k:g)${after}`,
  ],
  [
    "a scalar",
    `n ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)${after}\nprior phi ~ constant(2)`,
    `n ~ negative_binomial(mu, 2)\nlog(mu) = 1 + x + (1 | g)${after}`,
  ],
  [
    "a coefficient of a dispersion",
    `y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nlog(sigma) = 1 + z${after}\nprior sigma.beta[z] ~ constant(-0.1)`,
    `y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nlog(sigma) = 1 + offset(-0.1 * z)${after}`,
  ],
];

describe("constant(value) is the model with the number written into it", () => {
  it.each(pairs)("by maximum likelihood: %s", async (_, held, written) => {
    const [a, b] = [(await fit(held, data, { engine: "ml" })).ml, (await fit(written, data, { engine: "ml" })).ml];
    const names = ({ parameters }: typeof a) => parameters.map(({ name }) => name.replace(/center\((\w)\)/, "$1"));
    expect(names(a)).toEqual(names(b));
    expect(a.logLikelihood).toBeCloseTo(b.logLikelihood ?? Number.NaN, 9);
    a.parameters.forEach(({ estimate }, k) => {
      expect(estimate).toBeCloseTo(b.parameters[k].estimate, 6);
    });
  });

  it.each(pairs)("in the density of samplers: %s", (_, held, written) => {
    const [a, b] = [held, written].map((text) => prepareModel(text, data).compiled.logDensity("noncentred"));
    const at = Float64Array.from({ length: a.dimension }, (__, k) => 0.3 * Math.sin(k + 1));
    expect(b.dimension).toBe(a.dimension);
    const value = (density: typeof a) => density.logDensityGradient(at, new Float64Array(at.length));
    expect(value(a)).toBeCloseTo(value(b), 9);
  });

  it.each(["inla", "laplace"] as const)("by %s", async (engine) => {
    const evidence = async (text: string) =>
      (await fit(text, data, { engine })).posterior.record.approximation?.logMarginalLikelihood ?? Number.NaN;
    const [, held, written] = pairs[0];
    expect(await evidence(held)).toBeCloseTo(await evidence(written), 6);
  });

  it("is told with the priors and in a note", () => {
    const prepared = prepareModel(pairs[0][1], data);
    expect(prepared.compiled.priors.at(-1)).toMatchObject({ name: "beta[z]", distribution: "constant(0.3)" });
    expect(prepared.notes.map(({ message }) => message)).toEqual([
      "beta[z] is held at 0.3 by every engine, as a part of the model",
    ]);
  });
});

describe("a constant of a categorical response", () => {
  const rows = data.map((row, i) => ({ ...row, c: "abc"[(i * 7 + (row.x > 0 ? 1 : 0)) % 3] }));
  const text = "c ~ categorical(mu)\nlogit(mu) = 1 + x + z\nprior beta ~ normal(0, 1)\n";
  const names = (prior: string) => prepareModel(text + prior, rows).compiled.quantities.parameters;

  it("holds the coefficient of every category", () => {
    expect(names("")).toEqual(expect.arrayContaining(["mu.b.beta[x]", "mu.c.beta[x]"]));
    expect(names("prior beta[x] ~ constant(0)").filter((name) => name.includes("beta[x]"))).toEqual([]);
  });

  it("or of the one that it names", () => {
    const held = names("prior mu.b.beta[x] ~ constant(0)").filter((name) => name.includes("beta[x]"));
    expect(held).toEqual(["mu.c.beta[x]"]);
  });
});

describe("what cannot be held", () => {
  const base = `${poisson}1 + x + (1 + x | g)\n`;
  it.each([
    ["prior sd[g] ~ constant(-1)", "a standard deviation is 0 or positive, and cannot be held at -1"],
    ["prior precision[g] ~ constant(0)", "a precision is positive, and cannot be held at 0"],
    ["prior cor ~ constant(1)", "a correlation lies between -1 and 1, and cannot be held at 1"],
    ["prior sd[h] ~ constant(1)", "a prior on sd[h], which is not in the model"],
    ["prior phi.sd[g] ~ constant(1)", "a prior on phi.sd[g], which is not in the model"],
    ["prior beta[u] ~ constant(1)", "a prior on beta[u], which is not in the model"],
    ["prior phi ~ constant(1)", "a prior on phi, which is not in the model"],
    ["prior beta[x] ~ constant(1, 2)", "constant takes 1 number, not 2"],
  ])("%s", (prior, message) => {
    expect(() => prepareModel(base + prior, data)).toThrow(message);
  });

  it("correlations of three effects, but at 0", () => {
    const text = `${poisson}1 + (1 + x + z | g)\nprior cor[g] ~ constant(0.2)`;
    expect(() => prepareModel(text, data)).toThrow("the 3 effects over g have a matrix of correlations");
  });

  it("the intercept of a formula without one", () => {
    const text = `${poisson}0 + x\nprior intercept ~ constant(1)`;
    expect(() => prepareModel(text, data)).toThrow("a prior on intercept, which is not in the model");
  });

  it("a dispersion at 0", () => {
    const text = "n ~ negative_binomial(mu, phi)\nlog(mu) = 1\nprior phi ~ constant(0)";
    expect(() => prepareModel(text, data)).toThrow("phi is positive, and cannot be held at 0");
  });
});
