import { checkArgument } from "../argument/checkArgument.js";
import { refuseProblems } from "../engine/checkOptions.js";
import { inferred } from "../engine/ml/inference.js";
import { mlSchema } from "../engine/ml/options.js";
import { ResultError } from "../posterior/ResultError.js";
import { summarise } from "../summary/summarise.js";
import { aFit } from "./aFit.js";
import { withBootstrapIntervals } from "./bootstrap/recordOf.js";
import type { Fit } from "./fitted.js";
import type { MlFit } from "./MlFit.js";
import { schemaProblems } from "./schemaProblems.js";

/**
 * A fit whose intervals have another probability: of a posterior those of its draws or marginals, of maximum likelihood Wald's, from the estimates and standard errors, or those of the bootstrap, from its replicates.
 * Throws OptionsError for what is no probability, ResultError for intervals by profiles, which are of the level that they were computed for.
 */
export function withLevel(fit: Fit | MlFit, level: number): Fit | MlFit {
  checkArgument(aFit, fit, "withLevel", "fit");
  refuseProblems(schemaProblems({ level: mlSchema.level }, { level }));
  if ("ml" in fit) return fit.options.level === level ? fit : estimatesAt(fit, level);
  if (fit.summary().level === level) return fit;
  const summary = summarise(fit.posterior, { level });
  return { ...fit, summary: () => summary };
}

function estimatesAt(fit: MlFit, level: number): MlFit {
  const { ml, compiled, options } = fit;
  if (ml.intervals === "profile")
    throw new ResultError(
      "level",
      `the fit has intervals by profiles of the likelihood, of level ${options.level} alone`,
      "fit the model again with the level",
    );
  const ofLevel = { ...options, level };
  if (ml.bootstrap !== undefined)
    return { ...fit, ml: withBootstrapIntervals(fit, ml.bootstrap, level), options: ofLevel };
  const latent = compiled.latentGaussian();
  if (!("view" in latent)) return fit;
  const { quantities, parameterKinds } = latent.view;
  const kinds = new Map(quantities.parameters.map((name, k) => [name, parameterKinds[k]]));
  const parameters = ml.parameters.map((row) => inferred(kinds.get(row.name) ?? "coefficient", row, level));
  return { ...fit, ml: { ...ml, parameters }, options: ofLevel };
}
