import { checkArgument } from "../../argument/checkArgument.js";
import type { TableInput } from "../../data/toTable.js";
import type { NewRows } from "../../design/applyDesign.js";
import { aFit, aModelToFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { inThisThread } from "../../fit/thisThread.js";
import { runSteps, type Steps } from "../../math/steps.js";
import { ResultError } from "../../posterior/ResultError.js";
import type { Population } from "../../summary/Population.js";
import type { Ensemble } from "../Ensemble.js";
import { defaultLevelOf, type Fitted } from "../Fitted.js";
import { fittedEnsemble } from "../fittedEnsemble.js";
import { isOfCategories } from "../quantities/categoryQuantities.js";
import { rowsToPredict } from "../rowsToPredict.js";
import { conditionalR2 } from "./conditionalR2.js";
import { dispersions } from "./dispersions.js";
import { LinkVariances } from "./LinkVariances.js";
import { MarginalCoefficients } from "./MarginalCoefficients.js";
import { completePopulationOptions, type PopulationOptions } from "./options.js";
import { overRows } from "./PopulationRow.js";
import { ResponseVariances } from "./ResponseVariances.js";
import { sharings } from "./sharedTerms.js";

/**
 * What a fit by any engine says of a population rather than of single levels of its grouping factors, averaged over the rows of a table, or over the fit's own rows where `data` is null: marginal
 * coefficients, variances and what they are made of, intraclass correlations, R2. Throws OptionsError for options, DataError for what is no table, ModelError for rows that the model cannot take,
 * ResultError where draws were not kept or the fit has no distribution of the effects, and the signal's reason once it is aborted.
 */
export async function population(
  fit: Fit | MlFit,
  data: TableInput | null = null,
  options: PopulationOptions = {},
): Promise<Population> {
  checkArgument(aFit, fit, "population", "fit");
  const complete = completePopulationOptions(options);
  return runSteps(populationSteps(fit, data, complete.level ?? defaultLevelOf(fit)), inThisThread(complete));
}

/** Before a model is fitted: whether it has the rows of a table. Throws as `population` does once it is fitted. */
export async function checkPopulation(model: ModelToFit, data: TableInput | null): Promise<void> {
  checkArgument(aModelToFit, model, "checkPopulation", "model");
  rowsToPredict(model, data, false);
}

function* populationSteps(fit: Fitted, data: TableInput | null, level: number): Steps<Population> {
  refuseConditional(fit);
  refuseOtherMeans(fit);
  const { rows, notes } = rowsToPredict(fit, data, false);
  const ensemble = fittedEnsemble(fit, level);
  const quantities = yield* averaged(fit, rows, data === null, ensemble);
  const { link } = fit.design.predictors[0];
  const lacks = quantities.r2.link === null ? [withoutLatentVariance(fit.compiled.family.name, link)] : [];
  return {
    kind: "population",
    engine: fit.engine,
    level,
    rows: rows.rows,
    link,
    ...quantities,
    notes: [...notes, ...lacks],
  };
}

/** What is averaged over the rows; `areOwn` where they are those of the fit. */
export function* averaged(fit: Fitted, rows: NewRows, areOwn: boolean, ensemble: Ensemble): Steps<Averaged> {
  const { design } = fit;
  const ofRows = dispersions(fit, rows, areOwn, ensemble);
  const pairs = sharings(design);
  const coefficients = new MarginalCoefficients(design, rows, ensemble);
  const onLink = new LinkVariances(fit, rows, ensemble);
  const onResponse = new ResponseVariances(fit, rows, ensemble, ofRows, pairs);
  yield* overRows(design, rows, ensemble, [coefficients, onLink, onResponse]);
  const partition = onLink.result(ofRows);
  const marginal = onResponse.r2();
  const hasLevels = areOwn && ensemble.shift === null;
  const conditional = marginal !== null && hasLevels ? yield* conditionalR2(fit, rows, ensemble, ofRows) : null;
  return {
    coefficients: coefficients.coefficients(),
    attenuation: coefficients.attenuation(),
    lackOfFit: coefficients.lackOfFit(),
    variances: partition.parts,
    response: onResponse.response(),
    groups: pairs.map((sharing, k) => ({
      factors: sharing.factors,
      link: partition.icc(sharing),
      ...onResponse.group(k),
    })),
    r2: { link: partition.r2, response: marginal && { marginal, conditional } },
  };
}

type Averaged = Omit<Population, "kind" | "engine" | "level" | "rows" | "link" | "notes">;

/** Throws ResultError for conditional likelihood, which leaves the distribution of the effects out. */
function refuseConditional(fit: Fitted): void {
  if ("ml" in fit && fit.ml.method === "conditional")
    throw new ResultError(
      "no-effects",
      "conditional likelihood leaves the distribution of the random effects out, over which a population is averaged",
      "fit by another method of ml, as aghq, or another engine",
    );
}

/** Throws ResultError for a family whose mean is a function of several parameters, on which effects act in ways that are not partitioned. */
function refuseOtherMeans({ compiled: { family } }: Fitted): void {
  if (family.meanIsMu === false)
    throw new ResultError(
      "no-partition",
      isOfCategories(family)
        ? `a response of the family ${family.name} is a category and no number, and has no variance`
        : `the mean of a response of the family ${family.name} is not mu alone, and the parts of its variance are not told`,
      `predictions with effects marginal have ${isOfCategories(family) ? "the probability of each category" : "its mean and its variance"} over all levels`,
    );
}

function withoutLatentVariance(family: string, link: string): string {
  return `the record of the family ${family} has no latentVariance for the link ${link}: the variance of single responses on the scale of the link, and intraclass correlations and R2 on it, are left out`;
}
