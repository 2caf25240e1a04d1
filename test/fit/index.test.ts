import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import * as marginalia from "../../src/index.js";
import "../cli/dist.js";

it("has a public surface that fits on a page", () => {
  expect(Object.keys(marginalia).sort()).toEqual(
    [
      ...[
        "ApproximationFailure",
        "ChainError",
        "CheckError",
        "ComparisonError",
        "DataError",
        "EngineDefect",
        "EngineError",
        "ExportError",
        "FitFailure",
        "KernelError",
        "ModelError",
        "OptionsError",
        "ResultError",
        "SamplingError",
        "SensitivityError",
        "SimulationError",
      ],
      ...[
        "glmm",
        "parseModel",
        "fromFormula",
        "loadPlugin",
        "savedModel",
        "checkFitOptions",
        "PluginError",
        "printModel",
        "modelText",
        "model",
        "quoteName",
        "printExpression",
        "place",
        "placeName",
        "renderProblem",
        "printResponse",
      ],
      ...["parseTable", "toTable", "describeColumn"],
      ...[
        "fit",
        "predict",
        "population",
        "completePopulationOptions",
        "completePredictOptions",
        "predictorColumns",
        "simulate",
        "simulateModel",
        "simulationSummary",
        "fitToJSON",
        "fitFromJSON",
        "loo",
        "compareLoo",
        "sensitivity",
        "completeSensitivityOptions",
        "exportFit",
        "exportFormats",
        "completeExportOptions",
        "varyPriors",
        "completeVaryOptions",
        "compare",
        "completeCompareOptions",
        "compareEngines",
        "comparedEngines",
        "completeCompareEnginesOptions",
        "outsideTable",
        "outsideDraws",
        "isUntrustedMl",
        "prepareModel",
        "completeFitOptions",
        "completeLaplaceOptions",
        "completeLooOptions",
        "completeResidualsOptions",
        "residuals",
        "completePpcOptions",
        "ppc",
        "bayesFactor",
        "compareEvidence",
        "completeCompareEvidenceOptions",
        "completeInlaOptions",
        "completeContrastsOptions",
        "completeMeansOptions",
        "completeMlOptions",
        "contrasts",
        "createStream",
        "univariate",
        "optionSchemas",
        "engines",
        "defineEngine",
        "defaultText",
        "flagOf",
        "dispose",
        "defaultNutsOptions",
        "mlMethods",
      ],
      ...["buildDesign", "applyDesign", "checkPriorStatements", "compileDensity", "runChain", "posteriorFromChains"],
      ...["families", "defineFamily", "priors", "definePrior"],
      ...["summarise", "drawsOf", "evaluateMarginal", "effectsCovariances", "findQuantity", "toJSON", "fromJSON"],
      ...[
        "fitReport",
        "textReport",
        "jsonDocument",
        "mlReport",
        "mlTextReport",
        "means",
        "mlJsonDocument",
        "drawsCsv",
        "hasDraws",
      ],
      ...["isUntrusted", "splitNotes", "version"],
      ...["mcseMean", "mcseMedian", "mcseQuantile", "mcseSd"],
      ...["rhat", "essBulk", "essTail", "samplerDiagnostics", "warningsOf"],
    ].sort(),
  );
});

it("does nothing when it is imported", () => {
  const script = `
    const state = () => JSON.stringify([Reflect.ownKeys(globalThis).map(String), process.eventNames()]);
    const before = state();
    await import(${JSON.stringify(resolve("dist/index.js"))});
    process.exitCode = state() === before ? 0 : 1;`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});
