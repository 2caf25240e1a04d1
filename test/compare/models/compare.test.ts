import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Label } from "../../../src/compare/models/Comparison.js";
import { type CompareOptions, type Comparison, compare, type OptionProblem, type Table } from "../../../src/index.js";
import { readTable } from "../../../src/node.js";
import { dataFile } from "../../../validation/files.js";
import { randomTable } from "../../density/models.js";

/** Log-likelihoods and statistics, which lme4's own search leaves some room to; p values and criteria relative to that. */
const likelihoodTolerance = 1e-5;
const probabilityTolerance = 1e-4;
/** Of the mixture of large samples, from the exact distribution in 36 rows. */
const asymptoticTolerance = 0.01;

const fixture = JSON.parse(readFileSync("validation/fixtures/compare/lme4Anova.fixture.json", "utf8"));
const table = async (model: string) => readTable(`models/${model}/data.csv`);

const sleep = (formula: string) => `Reaction ~ normal(mu, sigma)\nmu = ${formula}`;
const herds = (formula: string) => `incidence ~ binomial(size, p)\nlogit(p) = ${formula}`;
const counts = (formula: string, family = "poisson(mu)") => `events ~ ${family}\nlog(mu) = ${formula}`;
const made = randomTable(4, 120);

interface Case {
  readonly name: string;
  readonly models: readonly [smaller: string, larger: string];
  readonly data: () => Promise<Table>;
  readonly options?: CompareOptions;
}

const slopes = sleep("Days + (Days | Subject)");
const sleepCase = (name: string, smaller: string, larger = slopes, options: CompareOptions = {}): Case => {
  return { name: `sleepstudy: ${name}`, models: [smaller, larger], data: () => table("sleepstudy"), options };
};
const cbpp = (name: string, options: CompareOptions): Case => ({
  name: `cbpp: period, ${name}`,
  models: [herds("1 + (1 | herd)"), herds("factor(period) + (1 | herd)")],
  data: () => table("cbpp"),
  options,
});
const contraception = (formula: string) =>
  `use ~ bernoulli(p)\nlogit(p) = age + urban + livch + (${formula} | district)`;

const intercepts = sleep("Days + (1 | Subject)");
const independent = sleep("Days + (Days || Subject)");
const cases: Case[] = [
  sleepCase("correlated slopes against intercepts", intercepts),
  sleepCase("independent slopes against intercepts", intercepts, independent),
  sleepCase("correlated against independent slopes", independent),
  sleepCase("Days", sleep("1 + (Days | Subject)")),
  sleepCase("correlated slopes against intercepts, REML", intercepts, slopes, { reml: true }),
  cbpp("Laplace", { method: "laplace" }),
  cbpp("25 points", { points: 25 }),
];

function expectTest({ models, test }: Comparison, expected: typeof fixture.tests.any, isComparable = true): void {
  const { statistic, p, df, parameters, logLikelihood, aic, bic } = expected;
  expect(test?.anticonservative).toBeNull();
  expect(Math.abs((test?.statistic ?? NaN) - statistic)).toBeLessThan(likelihoodTolerance);
  expect(Math.abs((test?.pValue ?? NaN) / p - 1)).toBeLessThan(probabilityTolerance);
  if (df === undefined) return;
  expect(test?.degreesOfFreedom).toBe(df);
  models.forEach((model, k) => {
    expect(model.ml.parameterCount).toBe(parameters[k]);
    if (!isComparable) return;
    for (const [ours, theirs] of [
      [model.logLikelihood, logLikelihood[k]],
      [model.aic, aic[k]],
      [model.bic, bic[k]],
    ])
      expect(Math.abs(ours - theirs)).toBeLessThan(likelihoodTolerance);
  });
}

describe("compare, against lme4's anova and mixtures by hand", () => {
  it.each(cases)("$name", async ({ name, models: [smaller, larger], data, options }) => {
    const rows = await data();
    const expected = fixture.tests[name];
    // lme4's log-likelihood lacks a constant with several points.
    const isComparable = options?.points === undefined;
    const comparison = await compare(smaller, larger, rows, options);
    expect(comparison.relation).toMatchObject({ kind: "nested", smaller: "A" });
    expectTest(comparison, expected, isComparable);
    const turned = await compare(larger, smaller, rows, options);
    expect(turned.relation).toMatchObject({ kind: "nested", smaller: "B" });
    expect(turned.test).toEqual(comparison.test);
  });

  it("contraception: slope of urban", async () => {
    const data = await readTable(dataFile("contraception.csv"));
    const comparison = await compare(contraception("1"), contraception("urban"), data, { method: "laplace" });
    expectTest(comparison, fixture.tests["contraception: slope of urban"]);
  });

  it("one variance against none, beside the exact distribution by RLRsim", async () => {
    const { reaction, days, subject, statistic, exactP, mixtureP } = fixture.exact;
    const data = { Reaction: reaction, Days: days, Subject: subject.map((s: string) => `s${s}`) };
    const { test, notes } = await compare(sleep("Days"), intercepts, data);
    expect(Math.abs((test?.statistic ?? NaN) - statistic)).toBeLessThan(likelihoodTolerance);
    expect(Math.abs((test?.pValue ?? NaN) / mixtureP - 1)).toBeLessThan(probabilityTolerance);
    expect(Math.abs((test?.pValue ?? NaN) - exactP)).toBeLessThan(asymptoticTolerance);
    expect(notes.map(({ code }) => code)).toEqual(["criterion"]);
  });
});

describe("compare", () => {
  it("gives half of chi-square with one degree for Poisson against the negative binomial", async () => {
    const { test, relation } = await compare(counts("x1", "negative_binomial(mu, phi)"), counts("x1"), made);
    expect(relation).toMatchObject({ kind: "nested", smaller: "B", restrictions: [{ what: "a finite phi" }] });
    expect(test?.reference.map(({ degreesOfFreedom }) => degreesOfFreedom)).toEqual([0, 1]);
  });

  it("gives bounds for two variances", async () => {
    const { test } = await compare(counts("x1"), counts("x1 + (1 | g) + (1 | h)"), made);
    expect(test?.anticonservative?.pValue).toBeLessThanOrEqual(test?.pValue ?? NaN);
    expect(test?.reference.map(({ degreesOfFreedom }) => degreesOfFreedom)).toEqual([1, 2]);
  });

  it("tells what each model has where none is nested, and tests nothing", async () => {
    const comparison = await compare(counts("x1 + (1 | g)"), counts("x2 + (1 | k)"), made);
    expect(comparison.test).toBeNull();
    expect(comparison.relation).toEqual({
      kind: "not-nested",
      differences: {
        A: ["the fixed effect of x1", "random effects over g"],
        B: ["the fixed effect of x2", "random effects over k"],
      },
    });
  });

  it("knows one model in two parametrisations", async () => {
    const { relation, models, warnings } = await compare(counts("sum(f) + (1 | g)"), counts("0 + f + (1 | g)"), made);
    expect(relation).toEqual({ kind: "equivalent" });
    expect(Math.abs(models[0].logLikelihood - models[1].logLikelihood)).toBeLessThan(likelihoodTolerance);
    expect(warnings).toEqual([]);
  });

  it("takes one approximation for both", async () => {
    const methods = async (a: string, b: string, options: CompareOptions = {}) => {
      const { models, notes } = await compare(a, b, made, options);
      return [models.map(({ ml }) => [ml.method, ml.points]), notes.map(({ message }) => message)];
    };
    const [single, crossed, none] = [counts("(1 | g)"), counts("(1 | g) + (1 | h)"), counts("1")];
    expect(await methods(single, crossed)).toEqual([
      [
        ["laplace", null],
        ["laplace", null],
      ],
      ["likelihood of A and B by Laplace's approximation"],
    ]);
    expect(await methods(none, single, { points: 7 })).toEqual([
      [
        ["laplace", null],
        ["aghq", 7],
      ],
      ["likelihood of B by quadrature with 7 points"],
    ]);
  });

  it("refits by maximum likelihood where restricted likelihoods do not compare", async () => {
    const { models, notes } = await compare(sleep("1 + (1 | Subject)"), intercepts, await table("sleepstudy"), {
      reml: true,
    });
    expect(models.map(({ ml }) => ml.reml)).toEqual([false, false]);
    expect(notes[0].message).toMatch(/^refitted by maximum likelihood, not REML/);
  });

  it("warns of a singular smaller model, and of likelihoods of different kinds", async () => {
    const codes = async (a: string, b: string, data: Parameters<typeof compare>[2]) =>
      (await compare(a, b, data)).warnings.map(({ code }) => code);
    const even = {
      y: Array.from({ length: 48 }, (_, i) => [1, 4, 2, 5][i % 4]),
      x: Array.from({ length: 48 }, (_, i) => (i * 7) % 11),
      g: Array.from({ length: 48 }, (_, i) => Math.floor(i / 4)),
    };
    expect(
      await codes("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", "y ~ poisson(mu)\nlog(mu) = x + (1 | g)", even),
    ).toEqual(["singular-smaller"]);
    expect(await codes("y ~ poisson(mu)\nlog(mu) = x", "y ~ normal(mu, sigma)\nmu = x", even)).toEqual([
      "different-measures",
    ]);
  });
});

describe("rows that only one of two models uses", () => {
  const nothing = Number.NaN;
  const data = {
    y: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
    x: [1, 2, nothing, 4, 3, 6, 5, 8, 7, 9],
    z: [nothing, 1, 2, nothing, 4, 5, 3, 2, 6, 1],
    w: [1, 2, 3, 1, 2, 3, 1, 2, 3, 1],
    site: ["a", "b", "a", "b", "a", "b", "a", "b", "a", "b"],
  };
  const model = (formula: string, left = "y") => `${left} ~ poisson(mu)\nlog(mu) = ${formula}`;

  it("are left out if asked", async () => {
    const comparison = await compare(model("x"), model("x + z + site"), data, { commonRows: true });
    expect(comparison.observations).toBe(7);
    expect(comparison.notes[0]).toMatchObject({
      code: "common-rows",
      message: "compared on the 7 rows that both models use; by itself A uses 9, B 7",
    });
    const kept = [1, 4, 5, 6, 7, 8, 9];
    const common = Object.fromEntries(Object.entries(data).map(([name, cells]) => [name, kept.map((i) => cells[i])]));
    const byHand = await compare(model("x"), model("x + z + site"), common);
    expect(comparison.test).toEqual(byHand.test);
    expect(comparison.models.map(({ logLikelihood }) => logLikelihood)).toEqual(
      byHand.models.map(({ logLikelihood }) => logLikelihood),
    );
  });

  it("need no asking where there are none", async () => {
    const comparison = await compare(model("x"), model("x + site"), data, { commonRows: true });
    expect(comparison.notes.map(({ code }) => code)).not.toContain("common-rows");
  });

  it("count with their weights, which must be those of both", async () => {
    await expect(compare(model("x"), model("x", "y | weights(w)"), data)).rejects.toThrow("different weights");
    const { test } = await compare(model("x", "y | weights(w)"), model("1", "y | weights(w) + subset(x < 10)"), data);
    expect(test?.degreesOfFreedom).toBe(1);
  });
});

describe("compare refuses", () => {
  const gaps = {
    y: [3, 1, 4, 1, 5, 9, 2, 6],
    x: [1, 2, NaN, 4, 3, 6, 5, 8],
    z: [NaN, 1, 2, NaN, 4, 5, 3, 2],
    n: [9, 9, 9, 9, 9, 9, 9, 9],
    m: [9, 9, 9, 9, 9, 9, 9, 10],
  };
  const model = (formula: string, response = "y ~ poisson(mu)", link = "log(mu)") =>
    `${response}\n${link} = ${formula}`;
  const refusals: [name: string, a: string, b: string, message: string][] = [
    [
      "different rows",
      model("x"),
      model("z"),
      "the models use different rows, so that their likelihoods do not compare: A 7 with 1 dropped for missing values, B 6 with 2 dropped for missing values, 5 in common (row 1 is the first that only one of them uses); --common-rows (commonRows) compares on the rows that both use",
    ],
    [
      "different responses",
      model("x"),
      model("x", "m ~ poisson(mu)"),
      "the models have different responses, y and m, so that their likelihoods do not compare; compare models of one response",
    ],
    [
      "different trials",
      model("1", "y ~ binomial(n, p)", "logit(p)"),
      model("1", "y ~ binomial(m, p)", "logit(p)"),
      "the models have different numbers of trials, so that their likelihoods do not compare; give both the same size",
    ],
  ];
  it.each(refusals)("%s", async (_, a, b, message) => {
    await expect(compare(a, b, gaps)).rejects.toMatchObject({ name: "ComparisonError", message });
  });

  it("options that compare nothing", async () => {
    const [a, b] = [counts("1"), counts("x1")];
    const problems = async (options: CompareOptions) =>
      compare(a, b, made, options).then(
        () => [],
        (error) => error.problems.map(({ message }: OptionProblem) => message),
      );
    expect(await problems({ engines: ["ml", "nuts"], method: "pql" })).toEqual([
      'engines is ["ml","nuts"]; allowed: "ml", which compares the likelihoods of two models, or "inla", "laplace" or both, which compare their marginal likelihoods',
      'method is "pql", which has no likelihood to compare by; allowed: "auto", "lmm", "aghq", "laplace" or "em"',
    ]);
    expect(await problems({ points: 0 })).toEqual(['points is 0; allowed: "auto" or a whole number from 1 to 100']);
  });

  it("a model that cannot be fitted, by its label", async () => {
    const label = async (a: string, b: string): Promise<Label> =>
      compare(a, b, made, { points: 5 }).then(
        () => "A",
        (error) => error.message.slice(0, 8),
      );
    expect(await label(counts("(1 | g)"), counts("(1 | g) + (1 | h)"))).toBe("model B:");
  });
});

describe("counts of a smaller model without an effect a row", () => {
  const counts = Array.from({ length: 24 }, (_, i) => ({ unit: i, g: i % 6, y: (i * i * 7) % 31 }));
  const naive = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)";
  const codes = async (a: string, b: string) => (await compare(a, b, counts)).notes.map(({ code }) => code);

  it("are overdispersed, in either order", async () => {
    const unit = `${naive} + (1 | unit)`;
    expect(await codes(unit, naive)).toContain("overdispersion");
    expect(await codes(naive, unit)).toContain("overdispersion");
    expect(await codes(naive, naive.replace("poisson(mu)", "negative_binomial(mu, phi)"))).toContain("overdispersion");
  });

  it("are not where the larger has something else", async () => {
    expect(await codes(naive, "y ~ poisson(mu)\nlog(mu) = 1")).not.toContain("overdispersion");
  });
});
