import type { TableInput } from "../../data/toTable.js";
import { withPlugins } from "../../fit/loadPlugin.js";
import { inThisThread } from "../../fit/thisThread.js";
import type { ModelAst } from "../../language/ast.js";
import { runSteps } from "../../math/steps.js";
import type { Comparison } from "./Comparison.js";
import { type CompareOptions, completeCompareOptions } from "./options.js";

/**
 * Fits two models to the same data by maximum likelihood and lays them side by side; where one is a special case of the other, in
 * either order, they are tested against one another by their likelihood ratio.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ComparisonError where the models are
 * not of the same rows and response, or have no test of the reference that is asked for, EngineError where a likelihood cannot be maximised.
 */
export async function compare(
  modelA: ModelAst | string,
  modelB: ModelAst | string,
  data: TableInput,
  given: CompareOptions = {},
): Promise<Comparison> {
  const options = await withPlugins(given);
  const ml = completeCompareOptions(options);
  const { comparison } = await import("./comparisonSteps.js");
  const made = await runSteps(comparison(modelA, modelB, data, options, ml), inThisThread({ signal: options.signal }));
  if (options.reference === undefined || options.reference === "chi-square") return made.comparison;
  return (await import("./withSimulatedReference.js")).withSimulatedReference(made, options);
}
