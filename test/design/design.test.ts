import { describe, expect, test } from "vitest";
import { build, codes, column, type Data, designOf, predictorOf } from "./build.js";

const clinics: Data = {
  count: [4, 1, 0, 2, 3, 5, 6, 7],
  clinic: ["south", "north", "south", "north", "south", "north", "south", "north"],
  patient: [10, 9, 2, 9, 10, 1, 2, 1],
  day: [1, 1, 2, 2, 3, 3, 4, 4],
  dose: [0, 1, 2, 3, 4, 5, 6, 7],
  size: [9, 9, 9, 9, 9, 9, 9, 9],
};

describe("the response", () => {
  test("trials, a fixed and a free dispersion", () => {
    const binomial = designOf("count ~ binomial(p, size = size)\nlogit(p) = 1", clinics);
    expect(binomial.response).toMatchObject({ name: "count", family: "binomial" });
    expect(Array.from(binomial.response.values)).toEqual(clinics.count);
    expect(Array.from(binomial.response.trials ?? [])).toEqual(clinics.size);
    expect(binomial.scalars).toEqual([]);
    const fixed = designOf("count ~ negative_binomial(mu, 2)\nlog(mu) = 1", clinics);
    expect(fixed.scalars).toEqual([{ parameter: "phi", support: "positive", fixed: 2 }]);
    expect(fixed.response.trials).toBeNull();
    const free = designOf("count ~ normal(mu)\nmu = 1", clinics);
    expect(free.scalars).toEqual([{ parameter: "sigma", support: "positive", fixed: null }]);
  });

  test("a parameter with a line is a predictor, the mean's first", () => {
    const { predictors, scalars } = designOf("count ~ normal(mu, sigma)\nlog(sigma) = dose\nmu = clinic", clinics);
    expect(predictors.map(({ parameter, link }) => [parameter, link])).toEqual([
      ["mu", "identity"],
      ["sigma", "log"],
    ]);
    expect(scalars).toEqual([]);
  });

  test("a parameter is one even where a column has its name", () => {
    const { predictors } = designOf("y ~ poisson(mu)\nlog(mu) = mu", { y: [1, 2, 3], mu: [1, 5, 2] });
    expect(predictors[0].columns).toEqual(["Intercept", "mu"]);
  });

  test("text of two levels is 0 and 1", () => {
    const { response } = designOf("cured ~ bernoulli(p)\nlogit(p) = 1", { cured: ["no", "yes", "yes", "no"] });
    expect(Array.from(response.values)).toEqual([0, 1, 1, 0]);
  });
});

describe("rows", () => {
  const gaps: Data = {
    y: [1, null, 3, 4, 5],
    x: [1, 2, 3, null, 5],
    g: ["b", "a", null, "a", "a"],
    z: [null, 1, 1, 1, 1],
  };

  test("those that lack a value the model reads are dropped", () => {
    const { rows, rowIndex, droppedRows } = designOf("y ~ poisson(mu)\nlog(mu) = x", gaps);
    expect(rows).toBe(3);
    expect(Array.from(rowIndex)).toEqual([0, 2, 4]);
    expect(Array.from(droppedRows)).toEqual([1, 3]);
    const grouped = designOf("y ~ poisson(mu)\nlog(mu) = x + (1 | g)", gaps);
    expect(Array.from(grouped.rowIndex)).toEqual([4, 0]);
    expect(Array.from(grouped.droppedRows)).toEqual([1, 2, 3]);
  });

  test("levels and standardisation are those of the rows used", () => {
    const data = { y: [1, 2, 3, null], f: ["b", "c", "c", "a"], x: [1, 2, 3, 100] };
    const [predictor] = designOf("y ~ poisson(mu)\nlog(mu) = f + center(x)", data).predictors;
    expect(predictor.columns).toEqual(["Intercept", "f.c", "center(x)"]);
    expect(column(predictor, "center(x)")).toEqual([-1, 0, 1]);
  });

  test("they stand by the finest factor within what it is nested in, then by the others", () => {
    const design = designOf("count ~ poisson(mu)\nlog(mu) = 1 + (1 | patient) + (1 | clinic) + (1 | day)", clinics);
    const [{ factors }] = design.predictors;
    // Patients 1, 9 are in the north and 2, 10 in the south; the days cross them.
    expect(Array.from(design.rowIndex)).toEqual([5, 7, 1, 3, 2, 6, 0, 4]);
    expect(factors.map(({ name }) => name)).toEqual(["patient", "clinic", "day"]);
    expect(factors[0].levels).toEqual(["1", "2", "9", "10"]);
    expect(Array.from(factors[0].levelIndex)).toEqual([0, 0, 2, 2, 1, 1, 3, 3]);
    expect(factors[0].parent).toEqual({ factor: 1, levelIndex: Int32Array.of(0, 1, 0, 1) });
    expect(factors[1].parent).toBeNull();
    expect(factors[2].parent).toBeNull();
    expect(Array.from(design.response.values)).toEqual([5, 7, 1, 2, 0, 6, 4, 3]);
  });

  test("without a factor they keep their order", () => {
    const { rowIndex } = designOf("count ~ normal(mu, sigma)\nmu = 1\nlog(sigma) = 1 + (1 | patient)", clinics);
    expect(Array.from(rowIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("fixed effects", () => {
  const data: Data = { x: [1, 2, 4, 9], f: ["b", "a", "c", "b"], weeks: [1, 2, 4, 8], k: [10, 9, 10, 2] };

  test("names, codes and means", () => {
    const predictor = predictorOf("x * f + I(x^2)", data);
    expect(predictor.columns).toEqual(["Intercept", "x", "f.b", "f.c", "I(x^2)", "x:f.b", "x:f.c"]);
    expect(predictor.interceptColumn).toBe(0);
    expect(column(predictor, "f.b")).toEqual([1, 0, 0, 1]);
    expect(column(predictor, "x:f.b")).toEqual([1, 0, 0, 9]);
    expect(column(predictor, "I(x^2)")).toEqual([1, 4, 16, 81]);
    expect(Array.from(predictor.columnMeans)).toEqual([1, 4, 0.5, 0.25, 25.5, 2.5, 1]);
  });

  test("levels of numbers sort numerically", () => {
    expect(predictorOf("factor(k)", data).columns).toEqual(["Intercept", "factor(k).9", "factor(k).10"]);
    expect(predictorOf('0 + relevel(factor(k), "10")', data).columns).toEqual([
      'relevel(factor(k), "10").10',
      'relevel(factor(k), "10").2',
      'relevel(factor(k), "10").9',
    ]);
  });

  test("sum coding has no column for the last level, which is -1 in all", () => {
    const predictor = predictorOf("sum(f)", data);
    expect(predictor.columns).toEqual(["Intercept", "sum(f).a", "sum(f).b"]);
    expect(column(predictor, "sum(f).a")).toEqual([0, 1, -1, 0]);
    expect(column(predictor, "sum(f).b")).toEqual([1, 0, -1, 1]);
  });

  test("offsets add up", () => {
    const { offset, columns } = predictorOf("0 + x + offset(weeks) + offset(I(10 * x))", data);
    expect(Array.from(offset ?? [])).toEqual([11, 22, 44, 98]);
    expect(columns).toEqual(["x"]);
    expect(predictorOf("x", data).offset).toBeNull();
  });

  test("no column at all", () => {
    expect(predictorOf("0 + offset(weeks)", data)).toMatchObject({ columns: [], interceptColumn: -1 });
  });
});

describe("random effects", () => {
  const data: Data = {
    a: [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3],
    b: [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1],
    x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    f: ["u", "v", "w", "u", "v", "w", "u", "v", "w", "u", "v", "w"],
  };

  test("correlated: one term; not: a term a design column", () => {
    const together = predictorOf("1 + (x + f | b)", data);
    expect(together.randomTerms.map(({ coefficients }) => coefficients)).toEqual([["Intercept", "x", "f.v", "f.w"]]);
    const model = "y ~ poisson(mu)\nlog(mu) = 1 + (x + f || a)";
    const [apart] = designOf(model, { ...data, y: data.x }).predictors;
    expect(apart.factors.length).toBe(1);
    expect(apart.randomTerms.map(({ factor, coefficients }) => [factor, ...coefficients])).toEqual([
      [0, "Intercept"],
      [0, "x"],
      [0, "f.v"],
      [0, "f.w"],
    ]);
    expect(Array.from(apart.randomTerms[1].Z)).toEqual(data.x);
    expect(Array.from(apart.randomTerms[2].Z)).toEqual(data.f.map((level) => (level === "v" ? 1 : 0)));
  });

  test("a/b is a and a:b, nested", () => {
    const { factors, randomTerms } = predictorOf("1 + (1 | a/b) + (0 + x | b:a)", data);
    expect(factors.map(({ name }) => name)).toEqual(["a", "a:b"]);
    expect(factors[1].levels).toEqual(["1:0", "1:1", "2:0", "2:1", "3:0", "3:1"]);
    expect(Array.from(factors[1].levelIndex)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(factors[1].parent).toEqual({ factor: 0, levelIndex: Int32Array.of(0, 0, 1, 1, 2, 2) });
    expect(randomTerms.map(({ factor, coefficients }) => [factor, ...coefficients])).toEqual([
      [0, "Intercept"],
      [1, "Intercept"],
      [1, "x"],
    ]);
  });

  test("the closest factor of a chain is the parent", () => {
    const chain: Data = {
      school: [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
      pupil: [1, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8],
      class: [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4],
    };
    const { factors } = predictorOf("1 + (1 | school) + (1 | pupil) + (1 | class)", chain);
    expect(factors.map(({ parent }) => parent?.factor ?? null)).toEqual([null, 2, 0]);
  });

  test("a parent has fewer levels", () => {
    const twins = predictorOf("1 + (1 | a) + (1 | c)", { a: [1, 1, 2, 2, 3, 3], c: ["r", "r", "q", "q", "p", "p"] });
    expect(twins.factors.map(({ parent }) => parent)).toEqual([null, null]);
  });

  test("the language's own problems are among those of the design", () => {
    expect(codes(build("y ~ poisson(mu)\nlog(mu) = 1 + x^2", { y: [1, 2], x: [1, 2] }).problems)).toEqual([
      "warning idle-power",
    ]);
  });
});
