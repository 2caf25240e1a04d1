import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fit } from "../../../src/fit/fit.js";
import { prepareModel } from "../../../src/fit/prepare.js";

interface Fixture {
  readonly fits: readonly {
    readonly formula: string;
    readonly held: string;
    readonly value: number;
    readonly data: Readonly<Record<string, readonly (number | string)[]>>;
    readonly restrictedLogLikelihood: number;
    readonly tests: readonly {
      readonly term: string;
      readonly df: number | [];
      readonly residualDf: number | [];
      readonly F: number | [];
    }[];
  }[];
}

// Made by validation/fixtures/lmm/heldColumns.R.
const file = new URL("../../../validation/fixtures/lmm/heldColumns.fixture.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));
const nameHere = (name: string) => name.replaceAll(/\b([ab])([ab]\d)/g, "$1.$2");
const termOf = (name: string) => name.replaceAll(/\b([ab])[ab]\d/g, "$1");
const ratio = (a: number | undefined, b: number | []) => (a ?? Number.NaN) / Number(b);

describe("type III tests beside a coefficient that is held, as lmerTest has them", () => {
  it.each(fixture.fits)("$formula, $held at $value", async ({ formula, held, value, data, tests, ...rest }) => {
    const model = `y ~ normal(mu, sigma)\nmu = ${formula} + (1 | r)\nprior beta[${nameHere(held)}] ~ constant(${value})`;
    const { ml } = await fit(model, data, { engine: "ml", reml: true });
    expect(ml.logLikelihood).toBeCloseTo(rest.restrictedLogLikelihood, 5);
    // A term of which a coefficient is another number than 0 has an effect, whatever the others are.
    const tested = tests.filter(({ F, term }) => typeof F === "number" && (value === 0 || term !== termOf(held)));
    expect(ml.terms?.map(({ name }) => name)).toEqual(tested.map(({ term }) => term));
    tested.forEach(({ df, residualDf, F }, t) => {
      const found = ml.terms?.[t];
      expect(found?.degreesOfFreedom).toBe(df);
      expect(ratio(found?.statistic, F)).toBeCloseTo(1, 4);
      expect(ratio(found?.denominatorDegreesOfFreedom ?? Number.NaN, residualDf)).toBeCloseTo(1, 3);
    });
  });

  it("by Wald's chi-square: of the effect of a at the mean over b, a held interaction among those", async () => {
    const data = fixture.fits[2].data;
    const rows = { ...data, n: data.y.map((y) => Math.max(0, Math.round(3 + Number(y)))) };
    const text = "n ~ poisson(mu)\nlog(mu) = a * b + (1 | r)\nprior beta[a.a2:b.b2] ~ constant(0.5)";
    const { ml } = await fit(text, rows, { engine: "ml", method: "laplace" });
    const at = (name: string) => ml.parameters.findIndex((parameter) => parameter.name === `beta[${name}]`);
    const combinations = [
      {
        parts: [
          ["a.a2", 1],
          ["a.a2:b.b3", 1 / 3],
        ] as const,
        constant: 0.5 / 3,
      },
      {
        parts: [
          ["a.a3", 1],
          ["a.a3:b.b2", 1 / 3],
          ["a.a3:b.b3", 1 / 3],
        ] as const,
        constant: 0,
      },
    ];
    const k = ml.parameters.length;
    const values = combinations.map(({ parts, constant }) =>
      parts.reduce((sum, [name, weight]) => sum + weight * ml.parameters[at(name)].estimate, constant),
    );
    const [v11, v12, v22] = [
      [0, 0],
      [0, 1],
      [1, 1],
    ].map(([r, c]) => {
      const pairs = combinations[r].parts.flatMap((a) => combinations[c].parts.map((b) => [a, b] as const));
      return pairs.reduce((sum, [a, b]) => sum + a[1] * b[1] * (ml.covariance?.[at(a[0]) * k + at(b[0])] ?? 0), 0);
    });
    const [x, y] = values;
    const wald = (v22 * x * x - 2 * v12 * x * y + v11 * y * y) / (v11 * v22 - v12 * v12);
    expect(ml.terms?.[0]).toMatchObject({ name: "a", degreesOfFreedom: 2 });
    expect(ml.terms?.[0].statistic).toBeCloseTo(wald, 6);
  });
});

describe("columns that depend on one that is held", () => {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const x = Math.sin(i);
    return { x, twice: 2 * x, thrice: 3 * x + 1, one: 1, g: i % 8, y: x + Math.cos(5 * i) };
  });
  const text = (formula: string, priors: string) => `y ~ normal(mu, sigma)\nmu = ${formula} + (1 | g)\n${priors}`;
  const dependent = (formula: string, priors: string) =>
    prepareModel(text(formula, priors), rows).design.predictors[0].dependent?.columns.map(({ name }) => name) ?? [];

  it("are free of it: the first of them takes its place", () => {
    expect(dependent("x + twice + thrice", "")).toEqual(["twice", "thrice"]);
    expect(dependent("x + twice + thrice", "prior beta[x] ~ constant(1)")).toEqual(["thrice"]);
    expect(dependent("x + twice + thrice", "prior beta[thrice] ~ constant(1)")).toEqual(["twice"]);
    expect(dependent("x + one", "")).toEqual(["one"]);
    expect(dependent("x + one", "prior beta[Intercept] ~ constant(1)")).toEqual([]);
    expect(dependent("x + one", "prior intercept ~ constant(1)")).toEqual(["one"]);
    const { problems } = prepareModel(text("x + twice + thrice", "prior beta[x] ~ constant(1)"), rows);
    expect(problems.filter(({ code }) => code === "rank-deficient").map(({ message }) => message)).toEqual([
      "column thrice in the formula for mu is a linear combination of the other columns",
    ]);
  });

  it("and are estimated", async () => {
    const { ml } = await fit(text("x + twice", "prior beta[x] ~ constant(0.5)"), rows, { engine: "ml" });
    const { ml: plain } = await fit(text("x", ""), rows, { engine: "ml" });
    const [estimate, whole] = [ml, plain].map(({ parameters }) => parameters[1].estimate);
    expect(0.5 + 2 * estimate).toBeCloseTo(whole, 6);
    expect(ml.logLikelihood).toBeCloseTo(plain.logLikelihood ?? Number.NaN, 8);
  });
});

describe("separation beside an intercept that is held", () => {
  // All x are positive: with the intercept at 0, no slope is good for zeros and ones alike.
  const rows = Array.from({ length: 20 }, (_, i) => ({ x: 0.5 + 0.1 * i, y: Number(i >= 10) }));
  const text = (prior: string) => `y ~ bernoulli(p)\nlogit(p) = 1 + x\n${prior}`;
  const isSeparated = (prior: string) => prepareModel(text(prior), rows).design.separation !== null;

  it("is that of the columns as they then are", async () => {
    expect(isSeparated("")).toBe(true);
    expect(isSeparated("prior beta[Intercept] ~ constant(0)")).toBe(false);
    expect(isSeparated("prior intercept ~ constant(0)")).toBe(true);
    const { ml } = await fit(text("prior beta[Intercept] ~ constant(0)"), rows, { engine: "ml" });
    expect(ml.convergence.converged).toBe(true);
    expect(ml.parameters.map(({ name }) => name)).toEqual(["beta[x]"]);
  });
});
