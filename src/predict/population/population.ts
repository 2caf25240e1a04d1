import type { TableInput } from "../../data/toTable.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import { inThisThread } from "../../fit/thisThread.js";
import { runSteps, type Steps } from "../../math/steps.js";
import { ResultError } from "../../posterior/ResultError.js";
import type { Population } from "../../summary/Population.js";
import { defaultLevelOf, type Fitted, fittedEnsemble } from "../fittedEnsemble.js";
import { rowsToPredict } from "../rowsToPredict.js";
import { marginalCoefficients } from "./marginalCoefficients.js";
import { completePopulationOptions, type PopulationOptions } from "./options.js";
import { rowPatterns } from "./rowPatterns.js";

/**
 * What a fit by any engine says of a population rather than of single levels of its grouping factors, averaged over the rows of a table, or over the fit's own rows where `data` is null.
 * Throws OptionsError for options, DataError for what is no table, ModelError for rows that the model cannot take, ResultError where draws were not kept or the fit has no distribution of
 * the effects, and the signal's reason once it is aborted.
 */
export async function population(
  fit: Fit | MlFit,
  data: TableInput | null = null,
  options: PopulationOptions = {},
): Promise<Population> {
  const complete = completePopulationOptions(options);
  return runSteps(populationSteps(fit, data, complete.level ?? defaultLevelOf(fit)), inThisThread(complete));
}

function* populationSteps(fit: Fitted, data: TableInput | null, level: number): Steps<Population> {
  refuseConditional(fit);
  const { design } = fit;
  const { rows, notes } = rowsToPredict(fit, data, false);
  const ensemble = fittedEnsemble(fit, level);
  const found = yield* marginalCoefficients(design, rows, rowPatterns(rows), ensemble);
  return {
    kind: "population",
    engine: fit.engine,
    level,
    rows: rows.rows,
    link: design.predictors[0].link,
    ...found,
    notes,
  };
}

/** Throws ResultError for conditional likelihood, which leaves the distribution of the effects out. */
function refuseConditional(fit: Fitted): void {
  if ("ml" in fit && fit.ml.method === "conditional")
    throw new ResultError(
      "no-effects",
      "conditional likelihood leaves the distribution of the random effects out, over which a population is averaged",
      "fit by another method of ml, as aghq, or another engine",
    );
}
