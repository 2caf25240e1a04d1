import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type OutsideFit, outsideFit, outsideTable } from "../../../src/compare/outside/outsideFit.js";
import type { Table } from "../../../src/data/Table.js";
import { toTable } from "../../../src/data/toTable.js";
import type { Quantities } from "../../../src/density/LogDensity.js";
import { readTable } from "../../../src/platform/node/readTable.js";
import { compiled } from "../../density/models.js";

const fixtures = resolve(import.meta.dirname, "../../../validation/fixtures/outside");
const tidy = (name: string) => readTable(resolve(fixtures, `${name}.csv`));

/** Four subjects, each with both values of post, two of them in each arm. */
const trial = toTable({
  count: [1, 2, 3, 4, 5, 6, 7, 8],
  weeks: [8, 2, 8, 2, 8, 2, 8, 2],
  post: [0, 1, 0, 1, 0, 1, 0, 1],
  subject: [1, 1, 2, 2, 18, 18, 49, 49],
  trt: ["placebo", "placebo", "progabide", "progabide", "placebo", "placebo", "progabide", "progabide"],
  period: [1, 2, 3, 4, 1, 2, 3, 4],
  school: [1, 1, 1, 1, 2, 2, 2, 2],
  room: [1, 1, 2, 2, 1, 1, 2, 2],
});

const quantitiesOf = (text: string): Quantities => compiled(text, trial).model.quantities;
const epilepsy = quantitiesOf(
  "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
);

/** name: estimate, as far as given */
const estimatesOf = ({ estimates }: OutsideFit) => new Map(estimates.map(({ name, estimate }) => [name, estimate]));

/** The number in a cell of a table, for the row with these texts. */
function cell(table: Table, column: string, where: Record<string, string>): number {
  const values = table.columns.get(column);
  const row = Array.from({ length: table.rows }, (_, k) => k).find((k) =>
    Object.entries(where).every(([name, text]) => {
      const labels = table.columns.get(name);
      return labels?.kind === "text" && labels.levels[labels.codes[k]] === text;
    }),
  );
  if (values?.kind !== "number" || row === undefined) throw new Error(`no ${column} at ${JSON.stringify(where)}`);
  return values.values[row];
}

describe("broom.mixed's tables", () => {
  it("of glmer name everything in the model", async () => {
    const table = await tidy("glmer");
    const fit = outsideFit(table, epilepsy);
    expect(fit).toMatchObject({ format: "tidy", unmatched: [], absent: [] });
    const estimates = estimatesOf(fit);
    expect([...estimates.keys()].sort()).toEqual([...epilepsy.parameters].sort());
    expect(estimates.get("beta[post:trt.progabide]")).toBe(cell(table, "estimate", { term: "post:trtprogabide" }));
    expect(estimates.get("sd[subject, post]")).toBe(cell(table, "estimate", { term: "sd__post" }));
    const intercept = fit.estimates.find(({ name }) => name === "beta[Intercept]");
    expect(intercept?.standardError).toBe(cell(table, "std.error", { term: "(Intercept)" }));
  });

  it("hold random effects too, those of levels that the data have", async () => {
    const fit = outsideFit(await tidy("glmer_effects"), epilepsy);
    const effects = fit.estimates.filter(({ name }) => name.startsWith("b["));
    expect(effects.map(({ name }) => name).sort()).toEqual(epilepsy.randomEffects.map(({ name }) => name).sort());
    expect(fit.unmatched.length).toBe(2 * (59 - 4));
  });

  it("of variances become sds and correlations", async () => {
    const plain = estimatesOf(outsideFit(await tidy("glmer"), epilepsy));
    const fit = outsideFit(await tidy("glmer_variances"), epilepsy);
    for (const { name, estimate } of fit.estimates) expect(estimate / (plain.get(name) ?? 0)).toBeCloseTo(1, 12);
    expect(fit.estimates.map(({ name }) => name)).toContain("cor[subject, Intercept, post]");
    expect(fit.absent).toContain("beta[post]");
  });

  it("know factors of numbers by their levels", async () => {
    const model = quantitiesOf("count ~ poisson(mu)\nlog(mu) = 1 + factor(period) + (1 | subject)");
    const fit = outsideFit(await tidy("glmer_factor"), model);
    expect(fit.estimates.map(({ name }) => name)).toEqual([
      "beta[Intercept]",
      "beta[factor(period).2]",
      "beta[factor(period).3]",
      "beta[factor(period).4]",
    ]);
    expect(fit.unmatched.map(({ outsideName }) => outsideName)).toEqual(["herd sd__(Intercept)"]);
    expect(fit.absent).toEqual(["sd[subject, Intercept]"]);
  });

  it("of linear mixed models have sigma, and terms of one factor apart", async () => {
    const lmm = (random: string) =>
      compiled(`Reaction ~ normal(mu, sigma)\nmu = 1 + Days + ${random}`, sleep).model.quantities;
    const sleep = toTable({ Reaction: [1, 4, 2, 3, 5, 9], Days: [0, 1, 2, 0, 1, 2], Subject: [1, 1, 1, 2, 2, 2] });
    const uncorrelated = outsideFit(await tidy("lmer_uncorrelated"), lmm("(1 + Days || Subject)"));
    expect(uncorrelated).toMatchObject({ unmatched: [], absent: [] });
    const correlated = outsideFit(await tidy("glmmTMB"), lmm("(1 + Days | Subject)"));
    expect(correlated).toMatchObject({ unmatched: [], absent: [] });
    expect(estimatesOf(correlated).get("sigma")).toBeCloseTo(25.59, 2);
  });

  it("of glmmPQL write a single underscore", async () => {
    const table = toTable({
      outcome: [0, 1, 0, 1],
      treatment: ["a", "a", "terbinafine", "terbinafine"],
      time: [0, 1, 0, 1],
      id: [1, 1, 2, 2],
    });
    const model = compiled("outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)", table).model;
    const fit = outsideFit(await tidy("glmmPQL"), model.quantities);
    expect(fit.absent).toEqual([]);
    expect(fit.unmatched.map(({ outsideName }) => outsideName)).toEqual(["Residual sd_Observation"]);
  });

  it("join two terms by a dot, which may be in their names too", () => {
    const quantities: Quantities = {
      parameters: [
        "sd[g, Intercept]",
        "sd[g, log.x]",
        "sd[g, log]",
        "cor[g, Intercept, log.x]",
        "cor[g, Intercept, log]",
      ],
      randomEffects: ["Intercept", "log.x", "log"].map((coefficient) => ({
        name: `b[g, 1, ${coefficient}]`,
        factor: "g",
        level: "1",
        coefficient,
      })),
    };
    const table = toTable({
      effect: Array(4).fill("ran_pars"),
      group: Array(4).fill("g"),
      term: ["var__(Intercept)", "var__log.x", "cov__(Intercept).log.x", "cor__(Intercept).log"],
      estimate: [4, 9, 3, 0.25],
    });
    const estimates = estimatesOf(outsideFit(table, quantities));
    expect(estimates.get("cor[g, Intercept, log.x]")).toBe(0.5);
    expect(estimates.get("cor[g, Intercept, log]")).toBe(0.25);
  });

  it("have a model of zero inflation beside that of the mean", () => {
    const table = toTable({
      effect: ["fixed", "fixed"],
      component: ["cond", "zi"],
      term: ["(Intercept)", "(Intercept)"],
      estimate: [1, -3],
    });
    const fit = outsideFit(table, epilepsy);
    expect([...estimatesOf(fit)]).toEqual([["beta[Intercept]", 1]]);
    expect(fit.unmatched).toEqual([{ outsideName: "zi (Intercept)", hint: "" }]);
  });

  it("know nested factors in either order", async () => {
    const fit = outsideFit(
      await tidy("glmer_nested"),
      quantitiesOf("count ~ poisson(mu)\nlog(mu) = 1 + weeks + (1 | school/room)"),
    );
    expect(fit.estimates.map(({ name }) => name)).toEqual(["beta[Intercept]", "sd[school, Intercept]"]);
    const effect = outsideFit(
      toTable({ effect: ["ran_vals"], group: ["room:school"], level: ["2:1"], term: ["(Intercept)"], estimate: [0.3] }),
      quantitiesOf("count ~ poisson(mu)\nlog(mu) = 1 + (1 | school/room)"),
    );
    expect(effect.estimates[0].name).toBe("b[school:room, 1:2, Intercept]");
  });
});

describe("GLIMMIX's tables", () => {
  it("of parameter estimates join effects with their levels, and skip reference levels", () => {
    const table = toTable({
      Effect: ["Intercept", "post", "trt", "trt", "post*trt"],
      trt: [null, null, "progabide", "placebo", "progabide"],
      Estimate: [1.07, -0.003, 0.05, 0, -0.31],
      StdErr: [0.14, 0.11, 0.19, null, 0.15],
      DF: [57, 57, 57, null, 57],
    });
    const fit = outsideFit(table, epilepsy);
    expect(fit.format).toBe("glimmix");
    expect([...estimatesOf(fit)]).toEqual([
      ["beta[Intercept]", 1.07],
      ["beta[post]", -0.003],
      ["beta[trt.progabide]", 0.05],
      ["beta[post:trt.progabide]", -0.31],
    ]);
    expect(fit.unmatched).toEqual([]);
  });

  it("have a dot for a missing number", () => {
    const table = toTable({
      Effect: ["Intercept", "trt", "trt"],
      trt: [null, "progabide", "placebo"],
      Estimate: ["1.07", "0.05", "0"],
      StdErr: ["0.14", "0.19", "."],
    });
    expect(outsideFit(table, epilepsy)).toMatchObject({
      estimates: [
        { name: "beta[Intercept]", estimate: 1.07, standardError: 0.14 },
        { name: "beta[trt.progabide]", estimate: 0.05, standardError: 0.19 },
      ],
      unmatched: [],
      recoded: [],
    });
  });

  it("tell by their reference levels that factors are coded otherwise", () => {
    const table = toTable({
      Effect: ["Intercept", "trt", "trt"],
      trt: [null, "placebo", "progabide"],
      Estimate: [1.12, -0.05, 0],
      StdErr: [0.13, 0.19, null],
    });
    const fit = outsideFit(table, epilepsy);
    expect(fit.recoded).toEqual(["beta[trt.progabide]"]);
    expect(fit.unmatched).toMatchObject([{ outsideName: "trtplacebo" }]);
  });

  it("of covariances count the effects of a group, and give variances", () => {
    const table = toTable({
      CovParm: ["UN(1,1)", "UN(2,1)", "UN(2,2)"],
      Subject: ["subject", "subject", "subject"],
      Estimate: [0.49, 0.056, 0.25],
      StdErr: [0.098, 0.05, 0.05],
    });
    const fit = outsideFit(table, epilepsy);
    expect(fit.estimates).toEqual([
      { name: "sd[subject, Intercept]", outsideName: "UN(1,1) subject", estimate: 0.7, standardError: 0.098 / 1.4 },
      {
        name: "cor[subject, Intercept, post]",
        outsideName: "UN(2,1) subject",
        estimate: 0.056 / (0.7 * 0.5),
        standardError: Number.NaN,
      },
      { name: "sd[subject, post]", outsideName: "UN(2,2) subject", estimate: 0.5, standardError: 0.05 },
    ]);
  });

  it("have the scale of a negative binomial upside down", () => {
    const model = quantitiesOf("count ~ negative_binomial(mu, phi)\nlog(mu) = 1 + (1 | subject)");
    const table = toTable({
      CovParm: ["Intercept", "Scale"],
      Subject: ["subject", null],
      Estimate: [0.25, 0.5],
      StdErr: [0.1, 0.1],
    });
    expect(outsideFit(table, model).estimates).toMatchObject([
      { name: "sd[subject, Intercept]", estimate: 0.5 },
      { name: "phi", estimate: 2, standardError: 0.1 / 0.25 },
    ]);
  });
});

describe("names and values", () => {
  it("may be ours, R's or brms's", () => {
    const table = toTable({
      parameter: ["beta[post]", "trt[T.progabide]", "b_Intercept", "sd_subject__post", "cor_subject__Intercept__post"],
      value: [1, 2, 3, 4, 0.5],
    });
    expect([...estimatesOf(outsideFit(table, epilepsy))]).toEqual([
      ["beta[post]", 1],
      ["beta[trt.progabide]", 2],
      ["beta[Intercept]", 3],
      ["sd[subject, post]", 4],
      ["cor[subject, Intercept, post]", 0.5],
    ]);
  });

  it("may have brms's errors", () => {
    const table = toTable({ row: ["post"], Estimate: [0.1], "Est.Error": [0.2], "Q2.5": [-0.3] });
    expect(outsideFit(table, epilepsy).estimates).toMatchObject([{ name: "beta[post]", standardError: 0.2 }]);
  });

  it("that match nothing are offered the nearest", () => {
    const table = toTable({ name: ["beta[pots]", "post"], estimate: [1, 2] });
    const [{ outsideName, hint }] = outsideFit(table, epilepsy).unmatched;
    expect(outsideName).toBe("beta[pots]");
    expect(hint).toContain('did you mean "beta[post]"?');
  });

  it("come from JSON: a document of ours, records, names and numbers", () => {
    const ours = {
      schema: 1,
      parameters: [{ name: "beta[post]", mean: 0.5, sd: 0.1 }],
      randomEffects: [{ name: "b[subject, 2, post]", mode: 1, sd: 2, mean: 1.1 }],
    };
    expect(outsideFit(outsideTable(ours, "fit.json"), epilepsy).estimates).toEqual([
      { name: "beta[post]", outsideName: "beta[post]", estimate: 0.5, standardError: 0.1 },
      { name: "b[subject, 2, post]", outsideName: "b[subject, 2, post]", estimate: 1, standardError: 2 },
    ]);
    const pairs = outsideTable({ post: 0.5, call: "glmer" }, "fit.json");
    expect([...estimatesOf(outsideFit(pairs, epilepsy))]).toEqual([["beta[post]", 0.5]]);
    const records = outsideTable([{ term: "post", estimate: 0.5 }], "fit.json");
    expect([...estimatesOf(outsideFit(records, epilepsy))]).toEqual([["beta[post]", 0.5]]);
  });
});

describe("what cannot be read", () => {
  const cases: Readonly<Record<string, readonly [Parameters<typeof toTable>[0], string]>> = {
    "without estimates": [{ term: ["a"], p: [0.1] }, 'no column of estimates among term, p\n  call it "estimate"'],
    "without estimates among many": [
      Object.fromEntries(Array.from({ length: 50 }, (_, k) => [`c${k}`, [k]])),
      "no column of estimates among c0, c1, c2, c3, c4, c5 and 44 more\n",
    ],
    "without names": [{ estimate: [1], se: [2] }, 'no column of names among estimate, se\n  call it "name" or "term"'],
    "with nothing of ours": [
      { name: ["age"], estimate: [1] },
      "none of its 1 estimates is of a parameter of the model: age",
    ],
    "with two of one": [
      { name: ["post", "beta[post]"], estimate: [1, 2] },
      'two estimates of beta[post], the second "beta[post]"',
    ],
  };
  for (const [name, [input, message]] of Object.entries(cases))
    it(name, () => {
      expect(() => outsideFit(toTable(input, "fit.csv"), epilepsy)).toThrow(`fit.csv: ${message}`);
    });

  it("JSON that is no fit", () => {
    expect(() => outsideTable("text", "fit.json")).toThrow("fit.json: it holds no estimates");
    expect(() => outsideTable({ a: "b" }, "fit.json")).toThrow("fit.json: it holds no estimates");
  });
});
