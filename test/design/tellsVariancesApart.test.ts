import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { tellsVariancesApart } from "../../src/design/tellsVariancesApart.js";
import { symmetricEigen } from "../../src/math/linalg/symmetricEigen.js";
import { build, designOf } from "./build.js";

const response = "y ~ normal(mu, sigma)\nmu = 1 + ";

/** The components of the covariance matrix of the responses as n x n matrices, from the definition. */
function components(model: string, data: Record<string, number[]>): Float64Array[] {
  const { predictors, rows } = designOf(model, data);
  const [{ randomTerms, factors }, dispersion] = predictors;
  const dense = (entry: (i: number, j: number) => number) =>
    Float64Array.from({ length: rows * rows }, (_, c) => entry(Math.floor(c / rows), c % rows));
  const ofTerms = randomTerms.flatMap(({ factor, coefficients, Z }) => {
    const { levelIndex } = factors[factor];
    const z = (k: number, i: number) => Z[k * rows + i];
    return coefficients.flatMap((_, k) =>
      coefficients
        .slice(0, k + 1)
        .map((__, l) => dense((i, j) => (levelIndex[i] === levelIndex[j] ? z(k, i) * z(l, j) + z(l, i) * z(k, j) : 0))),
    );
  });
  const diagonals = (dispersion?.columns ?? ["sigma"]).map((_, c) => {
    const x = (i: number) => (dispersion === undefined ? 1 : dispersion.X[c * rows + i]);
    const psi = (i: number) =>
      (dispersion?.columns ?? []).reduce(
        (sum, __, k) => sum + 0.3 * (k + 1) * dispersion.X[k * rows + i],
        dispersion?.offset?.[i] ?? 0,
      );
    return dense((i, j) => (i === j ? x(i) * Math.exp(2 * psi(i)) : 0));
  });
  return [...ofTerms, ...diagonals];
}

function areIndependent(matrices: readonly Float64Array[]): boolean {
  const unit = matrices.map((matrix) => matrix.map((value) => value / Math.hypot(...matrix)));
  const gram = Float64Array.from(
    unit.flatMap((a) => unit.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0))),
  );
  return Math.min(...symmetricEigen(gram, unit.length).values) > 1e-9;
}

describe("whether variances are told apart", () => {
  const formulas = [
    "(1 | a)",
    "(1 + x | a)",
    "(0 + x | a)",
    "(1 | a) + (1 | b)",
    "(1 + x | row)",
    "(1 | row)",
    "(1 | row) + (1 + x | b)",
  ];
  const dispersions = [
    "",
    "\nlog(sigma) = 1",
    "\nlog(sigma) = 1 + x",
    "\nlog(sigma) = 1 + x + offset(z)",
    "\nlog(sigma) = 0 + offset(z)",
  ];

  test("is what the rank of the dense components says", () => {
    const cases = fc.record({
      formula: fc.constantFrom(...formulas),
      dispersion: fc.constantFrom(...dispersions),
      x: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
      z: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }),
      a: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 8, maxLength: 8 }),
      b: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 8, maxLength: 8 }),
    });
    let apart = 0;
    let together = 0;
    fc.assert(
      fc.property(cases, ({ formula, dispersion, x, z, a, b }) => {
        const several = [x, a, b].every((values) => new Set(values).size > 1);
        fc.pre(several);
        const data = { y: x.map((_, i) => i), row: x.map((_, i) => i), x, z, a, b };
        const model = `${response}${formula}${dispersion}`;
        const { predictors, rows } = designOf(model, data);
        const predictor = predictors.at(1) ?? null;
        const told = tellsVariancesApart(predictors[0], { isKnown: predictor?.columns.length === 0, predictor }, rows);
        if (told) apart++;
        else together++;
        expect(told).toBe(areIndependent(components(model, data)));
      }),
      { numRuns: 300, seed: 12 },
    );
    expect(Math.min(apart, together)).toBeGreaterThan(40);
  });
});

describe("as many effects as rows", () => {
  const rows = Array.from({ length: 12 }, (_, i) => i);
  const data = {
    y: rows.map((i) => Math.sin(i)),
    row: rows,
    se: rows.map((i) => 0.1 + (i % 5) / 10),
    g: rows.map((i) => i % 6),
    x: rows,
  };
  const codes = (model: string) => build(model, data).problems.map(({ code, severity }) => `${severity} ${code}`);

  it("are refused by nobody where the errors' variance is known or varies as the effects' does not", () => {
    for (const model of [
      "y ~ normal(mu, 1.5)\nmu = 1 + (1 | row)",
      "y ~ normal(mu, sigma)\nmu = 1 + (1 | row)\nlog(sigma) = 0 + offset(log(se))",
      "y ~ normal(mu, sigma)\nmu = 1 + (1 | row)\nsigma = 0 + offset(se)",
      "y ~ normal(mu, sigma)\nmu = 1 + (1 | row)\nlog(sigma) = 1 + offset(log(se))",
      "y ~ normal(mu, sigma)\nmu = 1 + (1 + x | g)",
    ])
      expect(codes(model), model).toEqual([]);
    const held = "y ~ normal(mu, sigma)\nmu = 1 + (1 | row)\nprior sigma ~ constant(1)";
    expect(codes(held)).toEqual(["note held"]);
    expect(codes("y | se(se) ~ normal(mu)\nmu = 1 + (1 | row)")).toEqual(["note known-errors"]);
  });

  it("are told of where only priors divide the variances", () => {
    for (const model of [
      "y ~ normal(mu, sigma)\nmu = 1 + (1 | row)",
      "y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | row)",
      "y ~ normal(mu, sigma)\nmu = 1 + (1 | row)\nlog(sigma) = 1",
    ])
      expect(codes(model), model).toEqual(["warning too-many-effects"]);
  });
});

describe("an effect in each binary row", () => {
  const rows = Array.from({ length: 12 }, (_, i) => i);
  const data = {
    y: rows.map((i) => ((i * 5) % 3) % 2),
    row: rows,
    x: rows.map((i) => i % 4),
    two: rows.map((i) => i % 2),
  };
  const codes = (formula: string, link: string) =>
    build(`y ~ bernoulli(p)\n${link}(p) = ${formula} + (1 | row)`, data).problems.map(({ code }) => code);

  it("has no standard deviation where the coefficients give any probabilities, or the link takes it in", () => {
    expect(codes("1", "logit")).toEqual(["saturated-effects"]);
    expect(codes("1 + two", "cloglog")).toEqual(["saturated-effects"]);
    expect(codes("1 + x", "probit")).toEqual(["saturated-effects"]);
  });

  it("hardly has one elsewhere", () => {
    expect(codes("1 + x", "logit")).toEqual(["weak-effects"]);
  });
});
