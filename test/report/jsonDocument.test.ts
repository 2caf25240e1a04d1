import { describe, expect, it } from "vitest";
import { jsonDocument } from "../../src/report/jsonDocument.js";
import { row, smallReport } from "./fitReport.js";

describe("the JSON document", () => {
  it("has the fields of the schema in their order", () => {
    const document = jsonDocument(smallReport);
    expect(Object.keys(document)).toEqual([
      "schema",
      "engine",
      "algorithm",
      "version",
      "seed",
      "options",
      "model",
      "family",
      "categories",
      "observations",
      "data",
      "groups",
      "level",
      "parameters",
      "randomEffects",
      "ratios",
      "diagnostics",
      "seconds",
      "notes",
      "warnings",
      "droppedRows",
      "priors",
      "partial",
    ]);
    const rowFields = [
      "name",
      "mean",
      "sd",
      "median",
      "q5",
      "q95",
      "lower",
      "upper",
      "mcse",
      "rhat",
      "essBulk",
      "essTail",
    ];
    for (const each of document.parameters) expect(Object.keys(each)).toEqual(rowFields);
    for (const each of document.randomEffects)
      expect(Object.keys(each)).toEqual([...rowFields, "factor", "level", "coefficient"]);
    expect(Object.keys(document.diagnostics ?? {})).toEqual([
      "divergences",
      "maxTreeDepthHits",
      "ebfmi",
      "gradientEvaluations",
      "draws",
      "parametrization",
      "algorithm",
    ]);
    expect(Object.keys(document.seconds)).toEqual(["read", "compile", "warmup", "sampling", "total"]);
  });

  it("carries the numbers unrounded", () => {
    const { parameters, ...document } = jsonDocument(smallReport);
    expect(parameters[0]).toEqual(smallReport.summary.parameters[0]);
    expect(document).toMatchObject({
      schema: 1,
      engine: "nuts",
      model: smallReport.model,
      family: "poisson",
      observations: 295,
      groups: { subject: 59 },
      diagnostics: {
        divergences: 1,
        maxTreeDepthHits: 0,
        ebfmi: [0.912, 1.04],
        gradientEvaluations: { warmup: 12000, sampling: 14000 },
        draws: [1000, 1000],
      },
      seconds: smallReport.seconds,
      warnings: smallReport.warnings,
      droppedRows: 3,
      partial: false,
    });
  });

  it("writes null for what is no number, and survives a round trip", () => {
    const broken = row("sigma", {
      mean: NaN,
      sd: Infinity,
      median: 0.99,
      q5: -Infinity,
      q95: 1.17,
      rhat: Infinity,
      essBulk: NaN,
      essTail: NaN,
    });
    const document = jsonDocument({ ...smallReport, summary: { level: 0.9, parameters: [broken], randomEffects: [] } });
    expect(document.parameters).toEqual([
      {
        ...{ name: "sigma", mean: null, sd: null, median: 0.99, q5: null, q95: 1.17, lower: null, upper: 1.17 },
        ...{ mcse: 0.0025, rhat: null, essBulk: null, essTail: null },
      },
    ]);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it("leaves out what an approximation does not have", () => {
    const marginal = { name: "sigma", mean: 1, sd: 0.1, median: 0.99, q5: 0.84, q95: 1.17, lower: 0.84, upper: 1.17 };
    const document = jsonDocument({
      ...smallReport,
      sampling: null,
      summary: { level: 0.9, parameters: [marginal], randomEffects: [] },
    });
    expect(document).not.toHaveProperty("diagnostics");
    expect(document.parameters).toEqual([marginal]);
  });
});
