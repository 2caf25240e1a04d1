import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fit, loo, ModelError, parseModel, ppc, predict, printModel, residuals, simulate } from "../../src/index.js";
import { load, save } from "../../src/node.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { dataFile, referenceFolder } from "../../validation/files.js";

const reference = JSON.parse(
  readFileSync(new URL("../../validation/fixtures/censoring/censoring.fixture.json", import.meta.url), "utf8"),
);
const data: Readonly<Record<string, readonly (number | null)[]>> = reference.data;
const g = data.x.map((_, i) => `g${i % 6}`);
const table = { ...data, g };

const maximum = async (model: string, columns: Parameters<typeof fit>[1] = table) =>
  (await fit(model, columns, { engine: "ml" })).ml;

describe("censored responses by maximum likelihood", () => {
  it.each([
    ["exponential", "log(mu)", "exponential(mu)"],
    ["lognormal", "mu", "lognormal(mu, sigma)"],
    ["normal", "mu", "normal(mu, sigma)"],
    ["weibull", "log(mu)", "weibull(mu, shape)"],
  ])(
    "of %s rows, on either side and in intervals, have survreg's log-likelihood and slope",
    async (name, left, call) => {
      const { logLikelihood, parameters } = await maximum(`y | cens(kind, y2) ~ ${call}\n${left} = 1 + x`);
      const { logLik, coefficients, scale } = reference.survreg[name];
      expect(logLikelihood).toBeCloseTo(logLik, 6);
      expect(parameters[1].estimate).toBeCloseTo(coefficients[1], 4);
      if (name === "weibull") expect(parameters[2].estimate).toBeCloseTo(1 / scale, 4);
      else if (name !== "exponential") expect(parameters[2].estimate).toBeCloseTo(scale, 4);
    },
  );

  it("of gamma rows, whose tails are integrated, has the maximum of R's optim", async () => {
    const { logLikelihood, parameters } = await maximum("y | cens(kind, y2) ~ gamma(mu, shape)\nlog(mu) = 1 + x");
    expect(logLikelihood).toBeCloseTo(reference.gamma.logLik, 6);
    expect(parameters[1].estimate).toBeCloseTo(reference.gamma.parameters[1], 3);
  });

  it("of the retinopathy data is survreg's", async () => {
    const {
      data: name,
      model,
      logLik,
      beta,
      shape,
    } = JSON.parse(readFileSync(join(referenceFolder, "ml_families.json"), "utf8")).retinopathy_survreg;
    const { logLikelihood, parameters } = await maximum(model.join("\n"), await readTable(dataFile(name)));
    expect(logLikelihood).toBeCloseTo(logLik, 6);
    expect(parameters.map(({ estimate }) => estimate.toFixed(4))).toEqual(
      [...Object.values(beta), shape].map((value) => Number(value).toFixed(4)),
    );
  });

  it("takes codes as texts, and columns of bounds as numbers", async () => {
    const words = data.kind.map((kind) =>
      kind === 0 ? "none" : kind === 1 ? "right" : kind === 2 ? "interval" : "left",
    );
    const asText = await maximum("y | cens(kind, y2) ~ exponential(mu)\nlog(mu) = 1 + x", { ...table, kind: words });
    expect(asText.logLikelihood).toBeCloseTo(reference.survreg.exponential.logLik, 6);
  });

  it("multiplies the log-likelihood of a row by its weight", async () => {
    const model = "y | cens(kind, y2) + weights(w) ~ normal(mu, sigma)\nmu = 1 + x";
    const doubled = await maximum(model, { ...table, w: g.map(() => 2) });
    expect(doubled.logLikelihood).toBeCloseTo(2 * reference.survreg.normal.logLik, 5);
  });
});

describe("truncated responses by maximum likelihood", () => {
  it("of normal rows above a bound, and of counts within bounds, have R's maximum", async () => {
    const normal = await maximum("above | trunc(lower = 1) ~ normal(mu, sigma)\nmu = 1 + x");
    expect(normal.logLikelihood).toBeCloseTo(reference.truncatedNormal.logLik, 6);
    const counts = await maximum("count | trunc(1, 12) ~ poisson(mu)\nlog(mu) = 1 + x");
    expect(counts.logLikelihood).toBeCloseTo(reference.truncatedPoisson.logLik, 6);
    expect(counts.parameters[1].estimate).toBeCloseTo(reference.truncatedPoisson.parameters[1], 4);
  });

  it("predicts and simulates the truncated response", async () => {
    const fitted = await fit("count | trunc(lower = 1) ~ poisson(mu)\nlog(mu) = 1", table, { engine: "ml" });
    const mean = data.count.reduce<number>((sum, y) => sum + Number(y), 0) / g.length;
    const { quantities } = await predict(fitted, null, { scale: "mean", effects: "zero" });
    expect(quantities[0].estimate[0]).toBeCloseTo(mean, 5);
    const { values } = await simulate(fitted, null, { draws: 20 });
    expect(Math.min(...values.flatMap((draw) => [...draw]))).toBe(1);
  });
});

describe("every engine", () => {
  const model = [
    "y | cens(kind, y2) + trunc(upper = 60) ~ weibull(mu, shape)",
    "log(mu) = 1 + x + (1 | g)",
    "prior beta ~ normal(0, 1)",
    "prior intercept ~ normal(0, 2)",
    "prior sd ~ exponential(2)",
    "prior shape ~ gamma(4, 2)",
  ].join("\n");

  it("agrees on a model of censored and truncated rows with effects, and says how many are censored", async () => {
    const options = { seed: 4, workers: 0 } as const;
    const nuts = await fit(model, table, { ...options, engine: "nuts", draws: 400, chains: 2 });
    const laplace = await fit(model, table, { ...options, engine: "laplace" });
    const inla = await fit(model, table, { ...options, engine: "inla" });
    expect(nuts.notes.map(({ message }) => message)).toContain(
      "censoring: of 60 rows 30 observed, 10 right-censored, 10 left-censored, 10 interval-censored",
    );
    expect(nuts.notes.map(({ message }) => message)).toContain("truncation: responses are seen to 60");
    const means = [nuts, laplace, inla].map((each) => each.summary().parameters);
    means[0].forEach(({ mean, sd, name }, k) => {
      for (const other of means.slice(1)) expect(Math.abs(other[k].mean - mean) / sd, name).toBeLessThan(0.2);
    });
  });

  it("is checked where censored rows can be, and after a folder", async () => {
    const fitted = await fit(model, table, { engine: "inla", seed: 1, workers: 0 });
    const path = join(mkdtempSync(join(tmpdir(), "censoring-")), "fit");
    await save(fitted, path);
    const again = await load(path);
    if (!("posterior" in again)) throw new Error("a posterior was saved");
    const scored = await loo(again);
    expect(scored.elpd).toEqual((await loo(fitted)).elpd);
    const { residuals: uniform, tests } = await residuals(again, { seed: 1 });
    expect(tests.map(({ name }) => name)).toEqual(["uniformity"]);
    expect(tests[0].pValue).toBeGreaterThan(0.01);
    expect([...uniform].every((u) => u > 0 && u < 1)).toBe(true);
    await expect(ppc(again)).rejects.toThrow("30 of 60 responses are censored, and simulated ones are not");
  });
});

describe("bad input", () => {
  const problemsOf = (left: string, family = "weibull(mu, shape)", columns: Parameters<typeof fit>[1] = table) =>
    fit(`${left} ~ ${family}\nlog(mu) = 1 + x`, columns, { engine: "ml" }).then(
      () => expect.fail("no problem was found"),
      (error) => (error instanceof ModelError ? error.problems.map(({ message }) => message) : [String(error)]),
    );
  const changed = (column: "y" | "y2" | "kind", row: number, value: number) => ({
    ...table,
    [column]: data[column].map((own, i) => (i === row ? value : own)),
  });

  it("is told with its place", async () => {
    const weibull = "weibull(mu, shape)";
    expect(await problemsOf("y | cens(kind, y2)", weibull, changed("kind", 6, 3))).toEqual([
      "kind is 3 in row 7, which is no code of censoring",
    ]);
    expect(await problemsOf("y | cens(g)")).toEqual(['g is "g0" in row 1, which is no code of censoring']);
    expect(await problemsOf("y | cens(kind)")).toEqual([
      "kind has an interval in row 5, and cens() has no column of upper ends",
    ]);
    expect(await problemsOf("y | cens(kind, y2)", weibull, changed("y2", 4, 0.01))).toEqual([
      `y2 as the upper end is 0.01 in row 5, which is not above y, ${data.y[4]}`,
    ]);
    expect(await problemsOf("y | cens(kind, y2)", weibull, changed("y2", 4, NaN))).toEqual([
      "y2 as the upper end is NaN in row 5, which is missing for an interval",
    ]);
    expect((await problemsOf("y | cens(kind, y2)", weibull, changed("y", 2, 0)))[0]).toContain(
      "y is 0 in row 3, which is outside the support of weibull",
    );
    expect(await problemsOf("y | trunc(lower = 1)")).toEqual([
      expect.stringContaining("is below the bound 1 of trunc(), under which no response is seen"),
    ]);
    expect(await problemsOf("y | trunc(5, 2)")).toEqual([
      "5 as the lower bound is 5 in row 1, which is not below the upper bound, 2",
    ]);
    expect(await problemsOf("y | cens(one)", weibull, { ...table, one: g.map(() => 1) })).toEqual([
      "all 60 rows are right-censored: the likelihood only says that responses are larger",
    ]);
    expect((await problemsOf("y | cens(kind, y2)", "hurdle_gamma(mu, shape, hu)"))[0]).toBe(
      "cens() needs the probabilities of intervals, which the family hurdle_gamma does not give",
    );
  });

  it("does not predict other rows under bounds of their own", async () => {
    const fitted = await fit(
      "y | trunc(lower = low) ~ weibull(mu, shape)\nlog(mu) = 1",
      { ...table, low: data.y.map((y) => Number(y) / 2) },
      { engine: "ml" },
    );
    await expect(predict(fitted, null, { scale: "mean", effects: "zero" })).rejects.toThrow(
      "the bounds of trunc() differ between rows",
    );
  });
});

it("cens() and trunc() print as they are read", () => {
  const text = "y | cens(c, upper) + trunc(upper = 9) + weights(w) ~ normal(mu, sigma)\nmu = 1\n";
  expect(printModel(parseModel(text))).toBe(text);
  expect(printModel(parseModel(text.replace("upper = 9", "ub = 9")))).toBe(text);
});
