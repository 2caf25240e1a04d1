import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { exportedDraws } from "../../src/export/exportedDraws.js";
import { ExportError, type ExportOptions, exportFit, parseTable, toTable } from "../../src/index.js";
import { Fits, textOf, withPosterior } from "./fits.js";

const fits = new Fits();
const records = (text: string): Record<string, string>[] => parse(text, { columns: true });

describe.each(withPosterior)("tables of %s", (engine) => {
  it("csv has every draw, and reads back exactly", async () => {
    const fit = await fits.posterior(engine);
    const { files, notes } = exportFit(fit, "csv");
    const rows = records(await textOf(files));
    const { chains, draws } = exportedDraws(fit.posterior, 1);
    expect(notes).toEqual([]);
    expect(rows).toHaveLength(chains * draws);
    const names = [
      ...fit.compiled.quantities.parameters,
      ...fit.compiled.quantities.randomEffects.map(({ name }) => name),
    ];
    expect(Object.keys(rows[0])).toEqual([".chain", ".iteration", ".draw", ...names]);
    for (const name of names)
      expect(rows.map((row) => Number(row[name]))).toEqual(fit.draws(name).flatMap((chain) => Array.from(chain)));
    expect(rows.map((row) => Number(row[".draw"]))).toEqual(rows.map((_, i) => i + 1));
    expect(Number(rows.at(-1)?.[".chain"])).toBe(chains);
  });

  it("tidy has the summary of every parameter and random effect", async () => {
    const fit = await fits.posterior(engine);
    const rows = records(await textOf(exportFit(fit, "tidy").files));
    const { parameters, randomEffects } = fit.summary();
    expect(rows.map(({ estimate }) => Number(estimate))).toEqual(
      [...parameters, ...randomEffects].map(({ mean }) => mean),
    );
    expect(rows.slice(0, 7).map(({ effect, group, term }) => [effect, group, term])).toEqual([
      ["fixed", "", "(Intercept)"],
      ["fixed", "", "sd"],
      ["fixed", "", 'kind.say "c"'],
      ["ran_pars", "g", "sd__(Intercept)"],
      ["ran_pars", "g", "sd__sd"],
      ["ran_pars", "g", "cor__(Intercept).sd"],
      ["ran_pars", "h", "sd__(Intercept)"],
    ]);
    expect(rows[7]).toMatchObject({
      effect: "ran_vals",
      component: "cond",
      group: "g",
      level: "g 0",
      term: "(Intercept)",
    });
  });
});

describe("tables of ml", () => {
  it("tidy has estimates, tests and conditional modes", async () => {
    const fit = await fits.of("ml");
    if (!("ml" in fit)) throw new Error("ml has estimates");
    const rows = records(await textOf(exportFit(fit, "tidy").files));
    const numberOf = (cell: string) => (cell === "" ? Number.NaN : Number(cell));
    expect(rows.slice(0, 7).map(({ estimate }) => numberOf(estimate))).toEqual(
      fit.ml.parameters.map(({ estimate }) => estimate),
    );
    expect(Number(rows[1]["p.value"])).toBe(fit.ml.parameters[1].pValue);
    expect(rows.slice(7).map(({ estimate }) => Number(estimate))).toEqual(
      (fit.ml.effects?.modes ?? []).flatMap((modes) => Array.from(modes)),
    );
  });

  it("glance has the criteria, one row", async () => {
    const fit = await fits.of("ml");
    if (!("ml" in fit)) throw new Error("ml has estimates");
    const [row, ...others] = records(await textOf(exportFit(fit, "glance").files));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ algorithm: "ml (laplace)", nobs: "60", npar: "7", converged: "1" });
    expect([row.logLik, row.AIC, row.BIC].map(Number)).toEqual([
      fit.ml.logLikelihood,
      fit.criteria?.aic,
      fit.criteria?.bic,
    ]);
  });

  it.each(["csv", "arviz-json"] as const)("has no %s, and says what to take", async (to) => {
    const fit = await fits.of("ml");
    expect(() => exportFit(fit, to)).toThrow(ExportError);
    expect(() => exportFit(fit, to)).toThrow(
      `maximum likelihood has no draws, which ${to} is made of\n  take tidy, glance or augment, or fit with nuts, laplace or inla`,
    );
  });
});

describe("augment", () => {
  it.each(["nuts", "laplace", "inla", "ml"] as const)(
    "of %s has the rows of the data, whose residuals are y less the fitted",
    async (engine) => {
      const fit = await fits.of(engine);
      const text = await textOf(exportFit(fit, "augment").files);
      const rows = records(text);
      expect(rows.map((row) => Number(row[".row"]))).toEqual(rows.map((_, i) => i + 1));
      for (const row of rows) expect(Number(row[".resid"])).toBeCloseTo(Number(row.y) - Number(row[".fitted"]), 12);
      expect(rows.map(({ kind, g }) => [kind, g]).slice(0, 2)).toEqual([
        ["a, b", "g 0"],
        ['say "c"', "g 1"],
      ]);
      const again = parseTable(text, { name: "augment.csv" });
      expect(toTable(again).columns.get("sd")).toEqual(fit.table.columns.get("sd"));
    },
  );
});

describe("options of an export", () => {
  it("are refused all at once", async () => {
    const fit = await fits.posterior("laplace");
    const options = { include: ["loglik"], seed: Number.NaN, format: "csv" };
    const wrong = () => exportFit(fit, "xml" as "csv", options);
    expect(wrong).toThrow(/^to is "xml"; allowed: "csv" or "tidy" or /);
    expect(wrong).toThrow('include is ["loglik"]; allowed: some of "log_likelihood", "posterior_predictive", "prior"');
    expect(wrong).toThrow("seed is NaN; allowed: a finite number or a text");
    expect(wrong).toThrow('unknown option "format"');
  });

  it("may include nothing", async () => {
    const fit = await fits.posterior("laplace");
    const made = async (options: ExportOptions) => textOf(exportFit(fit, "arviz-json", options).files);
    expect(await made({ include: [] })).toBe(await made({}));
  });
});

describe("draws for other programs", () => {
  it("of chains that were ended early are cut to one length", async () => {
    const { posterior } = await fits.posterior("nuts");
    const short = (chains: readonly Float64Array[]) => chains.map((chain, k) => chain.subarray(0, k === 0 ? 20 : 50));
    const cut = <Q extends (typeof posterior.parameters)[number]>(quantity: Q): Q =>
      quantity.marginal.kind === "draws"
        ? { ...quantity, marginal: { ...quantity.marginal, chains: short(quantity.marginal.chains) } }
        : quantity;
    const { draws, chains, notes } = exportedDraws(
      { ...posterior, parameters: posterior.parameters.map(cut), randomEffects: posterior.randomEffects.map(cut) },
      1,
    );
    expect([chains, draws]).toEqual([2, 20]);
    expect(notes).toEqual(["the run was ended early: of each chain the first 20 draws are written"]);
  });

  it("with uneven weights are drawn again by these, jointly", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => i);
    const weights = [values.map((i) => (2 * i) / (1000 * 999))];
    const marginal = { kind: "draws", chains: [values], weights } as const;
    const { columns, notes } = exportedDraws(
      {
        engine: "own",
        parameters: ["a", "b"].map((name) => ({ name, marginal })),
        randomEffects: [],
        record: { options: {}, partial: false, chains: [] },
      },
      1,
    );
    const [a, b] = columns.map((column) => column?.[0] ?? new Float64Array());
    expect(a).toEqual(b);
    expect(a.reduce((total, value) => total + value, 0) / 1000).toBeCloseTo(666.3, 0);
    expect(notes[0]).toContain("drawn again by these");
  });
});
