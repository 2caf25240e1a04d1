import { describe, expect, test } from "vitest";
import type { Table } from "../../src/data/Table.js";
import type { TableInput } from "../../src/data/toTable.js";
import { families } from "../../src/family/families.js";
import { didYouMean } from "../../src/language/suggest.js";
import { build, type Data, rendered } from "./build.js";

const data: Data = {
  count: [0, 3, 2, 5, 1, 4],
  size: [4, 4, 4, 6, 6, 6],
  post: [0, 1, 0, 1, 0, 1],
  age: [20, 30, 40, 50, 60, 75],
  trt: ["a", "a", "b", "b", "c", "c"],
  one: ["q", "q", "q", "q", "q", "q"],
  clinic: [1, 1, 2, 2, 3, 3],
  two: [1, 1, 1, 2, 2, 2],
  cured: ["no", "yes", "no", "yes", "yes", "no"],
  bad: [1.5, 2, -1, 3, 0, 1],
  gaps: [1, null, 3, null, 5, 6],
  empty: [null, null, null, null, null, null],
  hit: [0, 0, 0, 1, 1, 1],
  part: [0, 0, 1, 0, 1, 1],
};

const columns = "columns: count, size, post, age, trt, one, clinic, two, cured, bad, gaps, empty and 2 more";
const arithmetic = "arithmetic takes numeric columns; factors and polynomials stand alone or in interactions";
const noEstimate = "maximum likelihood has no finite estimate; a proper prior gives one";
const onlyPrior = "a proper prior tells them apart, and nothing else does";
const poisson = (formula: string) => `count ~ poisson(mu)\nlog(mu) = ${formula}`;
const bernoulli = (formula: string) => `hit ~ bernoulli(p)\nlogit(p) = ${formula}`;

/** Code, the text it points at, message and hint. */
type Expected = readonly [string, string, string, string?];

/** A model, and all its problems. */
const cases: readonly (readonly [string, ...Expected[]])[] = [
  [
    "cuont ~ poisson(mu)\nlog(mu) = 1",
    ["unknown-column", "cuont", 'unknown column "cuont" as the response', `did you mean "count"? ${columns}`],
  ],
  [
    "count ~ poison(mu)\nlog(mu) = 1 + ages",
    [
      "unknown-family",
      "poison",
      'unknown family "poison"',
      didYouMean(
        "poison",
        families.map(({ name }) => name),
        "families",
      ),
    ],
    ["unknown-column", "ages", 'unknown column "ages" in the formula for mu', `did you mean "age"? ${columns}`],
  ],
  [
    "count ~ binomial(sizes, p)\nlogit(p) = 1",
    ["unknown-column", "sizes", 'unknown column "sizes" as size', `did you mean "size"? ${columns}`],
  ],
  [
    "count ~ binomial(4, p)\nlogit(p) = 1",
    ["number-as-column", "4", "size is a column of the data, not a number", columns],
  ],
  [
    "count ~ binomial(size)\nlogit(p) = 1",
    ["missing-argument", "binomial", "binomial needs its mean p", "as in binomial(size, p)"],
  ],
  ["count ~ poisson()\nlog(mu) = 1", ["missing-argument", "poisson", "poisson needs its mean mu", "as in poisson(mu)"]],
  [
    "count ~ binomial(sise = size, p)\nlogit(p) = 1",
    ["unknown-argument", "sise", 'binomial has no argument "sise"', 'did you mean "size"? arguments: size, p'],
  ],
  [
    "count ~ binomial(size = size, size = size)\nlogit(p) = 1",
    ["repeated-argument", "size", "size is given twice", "as in binomial(size, p)"],
  ],
  [
    "count ~ poisson(mu, phi)\nlog(mu) = 1",
    ["too-many-arguments", "phi", "poisson takes 1 argument, not 2", "as in poisson(mu)"],
  ],
  [
    "count ~ poisson(lambda)\nlog(lambda) = 1",
    ["parameter-name", "lambda", 'the mean of poisson is called mu, not "lambda"', "write poisson(mu)"],
    ["unknown-parameter", "lambda", 'poisson has no parameter "lambda"', "parameters: mu"],
  ],
  [
    "count ~ poisson(3)\nlog(mu) = 1",
    ["number-as-mean", "3", "the mean mu of poisson takes a line of its own, not a number", "write poisson(mu)"],
  ],
  ["count ~ normal(mu, -1)\nmu = 1", ["fixed-parameter", "-1", "sigma is positive, and cannot be held at -1"]],
  [
    "count ~ normal(mu, 2)\nmu = 1\nlog(sigma) = 1 + post",
    [
      "fixed-parameter",
      "sigma",
      "sigma is held at 2 in the response statement, and has a line as well",
      "keep the number or the line",
    ],
  ],
  [
    "count ~ poisson(mu)\nlgo(mu) = 1",
    ["unknown-link", "lgo", "lgo is no link for mu of poisson", 'did you mean "log"? links: log, identity'],
  ],
  [
    "count ~ poisson(mu)\nprobit(mu) = 1",
    ["unknown-link", "probit", "probit is no link for mu of poisson", "links: log, identity"],
  ],
  ["count ~ poisson(mu)\nlog(nu) = 1", ["unknown-parameter", "nu", 'poisson has no parameter "nu"', "parameters: mu"]],
  [
    poisson("1 + pots * trt + (1 | clinc)"),
    ["unknown-column", "pots", 'unknown column "pots" in the formula for mu', `did you mean "post"? ${columns}`],
    ["unknown-column", "clinc", 'unknown column "clinc" in the formula for mu', `did you mean "clinic"? ${columns}`],
  ],
  [
    poisson("1 + log(count)"),
    [
      "response-in-formula",
      "count",
      "the response count is also in the formula for mu",
      "a response cannot explain itself",
    ],
    ["not-finite", "log(count)", "log(count) is -Infinity in row 1, where count is 0", "a model takes finite numbers"],
  ],
  [
    poisson("1 + sine(age)"),
    [
      "unknown-function",
      "sine",
      'unknown function "sine"',
      "functions: log, exp, sqrt, round, I, center, scale, poly, factor, relevel, sum, offset",
    ],
  ],
  [poisson("1 + log(age, 2)"), ["wrong-arguments", "log(age, 2)", "log() takes 1 argument, not 2"]],
  [poisson("1 + log(trt)"), ["not-numeric", "trt", "trt is text, not a number, in log(trt)", arithmetic]],
  [
    poisson("1 + I(age + factor(post))"),
    ["not-numeric", "factor(post)", "factor(post) is a factor, not a number, in age + factor(post)", arithmetic],
  ],
  [
    poisson("1 + log(post)"),
    ["not-finite", "log(post)", "log(post) is -Infinity in row 1, where post is 0", "a model takes finite numbers"],
  ],
  [
    poisson("1 + I(1/(post - 1))"),
    [
      "not-finite",
      "1/(post - 1)",
      "1/(post - 1) is Infinity in row 2, where post is 1",
      "a model takes finite numbers",
    ],
  ],
  [
    poisson("1 + scale(I(post^0))"),
    [
      "bad-scale",
      "scale(I(post^0))",
      "scale(I(post^0)) divides by the standard deviation, which is 0",
      "leave it out of the formula if it is constant",
    ],
  ],
  [
    poisson("1 + poly(age, 1.5)"),
    ["polynomial-degree", "1.5", "the degree of a polynomial is a whole number from 1, not 1.5", "as in poly(x, 2)"],
  ],
  [
    poisson("1 + poly(post, 2)"),
    ["polynomial-degree", "poly(post, 2)", "poly(post, 2) needs more than 2 distinct values", "lower the degree"],
  ],
  [
    poisson('1 + relevel(trt, "d")'),
    ["unknown-level", '"d"', 'trt has no level "d" in the rows used', "levels: a, b, c"],
  ],
  [
    poisson("1 + relevel(trt, b)"),
    ["unknown-column", "b", 'unknown column "b" in the formula for mu', columns],
    ["unknown-level", "b", "the second argument of relevel() is a level in quotes, not b", "levels: a, b, c"],
  ],
  [
    poisson('1 + relevel(post, "1")'),
    [
      "not-a-factor",
      "post",
      "relevel() takes a factor, and post is numeric",
      'for its values as levels: relevel(factor(post), "1")',
    ],
  ],
  [
    poisson("1 + sum(post)"),
    [
      "not-a-factor",
      "post",
      "sum() takes a factor, and post is numeric",
      "for its values as levels: sum(factor(post))",
    ],
  ],
  [
    poisson("1 + I(post:age)"),
    [
      "not-arithmetic",
      "post:age",
      "post:age is not arithmetic",
      "inside a call stand columns, numbers, + - * / ^ and functions",
    ],
  ],
  [
    poisson("1 + log(offset(age))"),
    [
      "misplaced-offset",
      "offset(age)",
      "offset() is a term of its own, not part of another",
      "as in log(mu) = 1 + x + offset(log(weeks))",
    ],
  ],
  [poisson("1 + offset(trt)"), ["not-numeric", "trt", "offset(trt) is no number", "an offset is a numeric column"]],
  [
    poisson("1 + one"),
    ["one-level", "one", 'the factor one has one level in the rows used, "q"', "leave it out of the formula"],
  ],
  [
    poisson("1 + (one | clinic)"),
    ["one-level", "one", 'the factor one has one level in the rows used, "q"', "leave it out of the formula"],
  ],
  [
    poisson("1 + (1 | poly(age, 2))"),
    ["bad-group", "poly(age, 2)", "the polynomial poly(age, 2) is no grouping factor", "a grouping factor is a column"],
  ],
  [
    poisson("1 + empty"),
    [
      "no-rows",
      "count ~ poisson(mu)",
      "no rows left",
      "each of the 6 rows of data.csv lacks a value; columns without any: empty",
    ],
  ],
  [
    "I(0 * count + 2) ~ normal(mu, sigma)\nmu = 1",
    [
      "constant-response",
      "I(0 * count + 2)",
      "the response I(0 * count + 2) is 2 in all 6 rows used",
      "there is nothing to explain, and no error to estimate: look at the column, and at the rows that are used",
    ],
  ],
  [
    "bad ~ poisson(mu)\nlog(mu) = 1",
    ["outside-support", "bad", "bad is 1.5 in row 1, which is not a count (0, 1, 2, ...)", "and so in 1 more row"],
  ],
  [
    "bad ~ bernoulli(p)\nlogit(p) = 1",
    ["outside-support", "bad", "bad is 1.5 in row 1, which is neither 0 nor 1", "and so in 3 more rows"],
  ],
  [
    "count ~ binomial(bad, p)\nlogit(p) = 1",
    ["bad-trials", "bad", "bad as trials is 1.5 in row 1, which is no positive whole number", "and so in 2 more rows"],
  ],
  [
    "size ~ binomial(count, p)\nlogit(p) = 1",
    ["bad-trials", "count", "count as trials is 0 in row 1, which tells nothing of the response: leave such rows out"],
  ],
  [
    "count ~ binomial(trt, p)\nlogit(p) = 1",
    ["bad-trials", "trt", "trt is text, and the trials of binomial are numbers"],
  ],
  [
    "size ~ binomial(size = two, p)\nlogit(p) = 1",
    [
      "outside-support",
      "size",
      "size is 4 in row 1, which is more than its number of trials, 1",
      "and so in 5 more rows",
    ],
  ],
  ["trt ~ poisson(mu)\nlog(mu) = 1", ["text-response", "trt", "the response trt is text, and poisson takes numbers"]],
  [
    "trt ~ bernoulli(p)\nlogit(p) = 1",
    [
      "text-response",
      "trt",
      "the response trt has 3 levels, and bernoulli takes two",
      "of two levels the first stands for 0 and the second for 1",
    ],
  ],
  [
    "cured ~ binomial(size, p)\nlogit(p) = 1",
    ["text-response", "cured", "the response cured is text, and binomial takes numbers"],
  ],
  [
    "count ~ normal(mu, sigma)\nmu = 1 + (1 + post | clinic)",
    [
      "too-many-effects (warning)",
      "(1 + post | clinic)",
      "6 effects over clinic for 6 rows: their variance cannot be told from that of the errors",
      "their priors alone divide the two",
    ],
  ],
  [
    poisson("1 + post + I(2 * post)"),
    [
      "rank-deficient (warning)",
      "I(2 * post)",
      "column I(2 * post) in the formula for mu is a linear combination of the other columns",
      onlyPrior,
    ],
  ],
  [
    poisson("1 + I(0 * age) + trt + factor(clinic)"),
    [
      "constant-column (warning)",
      "I(0 * age)",
      "column I(0 * age) in the formula for mu has one value in all rows used",
      "leave it out of the formula",
    ],
    [
      "rank-deficient (warning)",
      "factor(clinic)",
      "columns factor(clinic).2, factor(clinic).3 in the formula for mu are linear combinations of the other columns",
      onlyPrior,
    ],
  ],
  [
    poisson("1 + age + (1 | two)"),
    [
      "few-levels (warning)",
      "(1 | two)",
      "the grouping factor two has 2 levels, too few to learn a standard deviation from",
      "its prior will decide; a fixed effect may serve better",
    ],
  ],
  [
    poisson("1 + (post + I(1 - post) | clinic)"),
    [
      "dependent-effects (warning)",
      "I(1 - post)",
      "column I(1 - post) in the effects over clinic is a linear combination of the other columns",
      onlyPrior,
    ],
  ],
  [
    bernoulli("1 + age"),
    [
      "separation (warning)",
      "age",
      "age separates the responses: no successes up to 40, no failures from 50",
      noEstimate,
    ],
  ],
  [
    bernoulli("1 + trt"),
    ["separation (warning)", "trt", "trt.a has no successes", noEstimate],
    ["separation (warning)", "trt", "trt.c has no failures", noEstimate],
  ],
  [
    bernoulli("1 + age:post + I(-age)"),
    [
      "separation (warning)",
      "I(-age)",
      "I(-age) separates the responses: no failures up to -50, no successes from -40",
      noEstimate,
    ],
  ],
  [
    bernoulli("1 + two"),
    [
      "separation (warning)",
      "two",
      "two separates the responses: no successes where it is 1, no failures where it is 2",
      noEstimate,
    ],
  ],
  [
    "part ~ bernoulli(p)\nlogit(p) = 1 + clinic + post",
    [
      "separation (warning)",
      "clinic",
      "clinic separates the responses: no successes below 2, no failures above 2",
      noEstimate,
    ],
    [
      "separation (warning)",
      "part ~ bernoulli(p)",
      "together Intercept, clinic, post separate the responses: 6 rows of 6 fitted without error in the limit",
      noEstimate,
    ],
  ],
  [
    "size ~ binomial(size, p)\nlogit(p) = 1 + post",
    ["one-outcome (warning)", "size ~ binomial(size, p)", "the response has no failures", noEstimate],
  ],
  [
    "count ~ poisson(3, 4)\nlog(mu) = log(age) + postt + one\nlog(phi) = 1",
    ["too-many-arguments", "4", "poisson takes 1 argument, not 2", "as in poisson(mu)"],
    ["number-as-mean", "3", "the mean mu of poisson takes a line of its own, not a number", "write poisson(mu)"],
    ["unknown-column", "postt", 'unknown column "postt" in the formula for mu', `did you mean "post"? ${columns}`],
    ["unknown-parameter", "phi", 'poisson has no parameter "phi"', "parameters: mu"],
    ["one-level", "one", 'the factor one has one level in the rows used, "q"', "leave it out of the formula"],
  ],
  [
    "count ~ bernoulli(p)\nlogit(p) = (x | g) + post",
    ["unknown-column", "x", 'unknown column "x" in the formula for p', columns],
    ["unknown-column", "g", 'unknown column "g" in the formula for p', columns],
    ["outside-support", "count", "count is 3 in row 2, which is neither 0 nor 1", "and so in 3 more rows"],
  ],
  [
    "size ~ binomial(p, size = count)\nlogit(p) = 1",
    ["bad-trials", "count", "count as trials is 0 in row 1, which tells nothing of the response: leave such rows out"],
  ],
];

describe("every problem is found, with its place and its message", () => {
  const titled = cases.map(([model, ...expected]) => ({ title: model.replaceAll("\n", "; "), model, expected }));
  test.each(titled)("$title", ({ model, expected }) => {
    const { design, problems } = build(model, data);
    const found = problems.map(({ code, severity, span, message, hint }) => [
      severity === "warning" ? `${code} (warning)` : code,
      model.slice(span?.start, span?.end),
      message,
      ...(hint === undefined ? [] : [hint]),
    ]);
    expect(found).toEqual(expected);
    expect(design === null).toBe(problems.some(({ severity }) => severity === "error"));
  });
});

test("a problem is shown under the user's text", () => {
  expect(rendered(poisson("1 + postt * trt"), data)).toBe(
    [
      'model.glmm:2:15: unknown column "postt" in the formula for mu',
      "  log(mu) = 1 + postt * trt",
      "                ^^^^^",
      `  did you mean "post"? ${columns}`,
    ].join("\n"),
  );
});

test("a column that comes twice or a matrix beyond memory is refused", () => {
  const names = { y: [1, 2, 3], f: ["a", "b", "c"], "f.b": [1, 0, 1] };
  expect(build("y ~ poisson(mu)\nlog(mu) = f + f.b", names).problems).toMatchObject([
    { code: "repeated-name", message: "two coefficients in the formula for mu would be called f.b" },
  ]);
  const id = Array.from({ length: 20_000 }, (_, i) => `id${i}`);
  expect(build("y ~ poisson(mu)\nlog(mu) = id", { y: id.map((_, i) => i % 5), id }).problems).toMatchObject([
    { code: "many-levels", severity: "warning" },
    {
      code: "too-wide",
      message: "20000 columns for 20000 rows in the formula for mu, more than fit in 2 GiB",
      hint: "most come of id; a column that names groups stands behind a bar: (1 | id)",
    },
  ]);
});

test("a matrix too large for the rank check is said to be unchecked", () => {
  const a = Array.from({ length: 10_010 }, (_, i) => i % 1001);
  const data = { y: a.map((level) => 1 + (level % 5)), x: a.map((_, i) => i), a };
  const { design, problems } = build("y ~ poisson(mu)\nlog(mu) = x:factor(a)", data);
  expect(design?.predictors[0].columns.length).toBe(1002);
  expect(problems).toMatchObject([
    {
      code: "rank-unchecked",
      message: "1001 columns in the formula for mu: too many to be checked for linear dependence",
    },
  ]);
});

describe("counts of 0 that a log link runs after", () => {
  const zeros = (formula: string, data: TableInput, left = "log(mu)") =>
    build(`y ~ poisson(mu)\n${left} = ${formula}`, data).problems.map(({ code, message }) => [code, message]);
  const data = { y: [0, 0, 3, 1, 0, 2], f: [..."aabbcc"], x: [2, 3, 1, 1, 1, 1], z: [1, 2, 3, 4, 5, 6] };

  test("are named by level and by column", () => {
    expect(zeros("f", data)).toEqual([["separation", "f.a has no count but 0"]]);
    expect(zeros("x", data)).toEqual([["separation", "x separates the responses: no count but 0 above 1"]]);
    expect(zeros("I(-x)", data)).toEqual([["separation", "I(-x) separates the responses: no count but 0 below -1"]]);
    expect(zeros("z", data)).toEqual([]);
    expect(zeros("0 + x", data)).toEqual([]);
    expect(zeros("0 + I(x - 1)", data)).toHaveLength(1);
    expect(zeros("1 + z", { ...data, y: [0, 0, 0, 0, 0, 0] })).toEqual([
      ["one-outcome", "the response is 0 in every row"],
    ]);
  });

  test("are none under another link, whose mean stops at 0", () => {
    expect(zeros("f", data, "mu")).toEqual([]);
  });
});

test("binary responses with an effect a row say so, counts have nothing to say", () => {
  const data = { y: [0, 1, 1, 0, 1, 0], row: [1, 2, 3, 4, 5, 6], x: [1, 4, 2, 3, 1, 5], one: [1, 1, 1, 1, 1, 1] };
  const message = "6 effects over row for 6 rows of one trial each: the responses hardly tell their standard deviation";
  for (const response of ["y ~ bernoulli(p)", "y ~ binomial(one, p)"])
    expect(build(`${response}\nlogit(p) = x + (1 | row)`, data).problems).toMatchObject([
      { code: "weak-effects", severity: "warning", message },
    ]);
  expect(build("y ~ poisson(mu)\nlog(mu) = x + (1 | row)", data).problems).toEqual([]);
});

test("products and sums of finite numbers may overflow", () => {
  const large = { y: [1, 2], x: [1e200, 2], z: [1, 1e308] };
  const problemsOf = (formula: string) => build(`y ~ poisson(mu)\nlog(mu) = ${formula}`, large).problems;
  expect(problemsOf("x:I(10 * x)")).toMatchObject([
    { code: "overflow", message: "x:I(10 * x) overflows in the formula for mu" },
  ]);
  expect(problemsOf("1 + offset(z) + offset(I(z/1))")).toMatchObject([
    { code: "overflow", message: "the sum of offset(z) and offset(I(z/1)) overflows" },
  ]);
  expect(problemsOf("x")).toMatchObject([
    { code: "overflow", message: "column x in the formula for mu: the squares of such large numbers overflow" },
  ]);
  expect(problemsOf("scale(z)")).toMatchObject([
    { code: "bad-scale", message: "scale(z) divides by the standard deviation, which is Infinity" },
  ]);
});

test("missing values are an error on request", () => {
  const model = "count ~ normal(mu, sigma)\nmu = 1 + gaps";
  expect(build(model, data).problems).toMatchObject([{ code: "dropped-rows", severity: "note" }]);
  const { design, problems } = build(model, data, { missing: "error" });
  expect(design).toBeNull();
  expect(problems).toMatchObject([
    {
      code: "missing-values",
      message: "values are missing in 2 rows of data.csv, first in row 2 (gaps)",
      hint: "fill them in, or let such rows be dropped",
    },
  ]);
});

test("a table may be empty, or hold what is not finite", () => {
  const model = "y ~ poisson(mu)\nlog(mu) = 1 + x";
  const tableOf = (y: number[], x: number[]): Table => {
    const columns = { y: Float64Array.from(y), x: Float64Array.from(x) };
    const named = Object.entries(columns).map(([name, values]) => [name, { kind: "number", values }] as const);
    return { name: "data.csv", rows: y.length, columns: new Map(named) };
  };
  expect(build(model, tableOf([], [])).problems).toMatchObject([
    { code: "no-rows", message: "no rows left", hint: "data.csv has no rows" },
  ]);
  expect(build(model, tableOf([1, 2], [0, Number.POSITIVE_INFINITY])).problems).toMatchObject([
    { code: "not-finite", message: "x is Infinity in row 2" },
  ]);
});
