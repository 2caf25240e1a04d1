import { checkArgument } from "../../argument/checkArgument.js";
import { aFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import { inThisThread } from "../../fit/thisThread.js";
import { runSteps } from "../../math/steps.js";
import type { Influence } from "../../summary/Influence.js";
import { byImportance } from "./byImportance.js";
import { byOneStep } from "./byOneStep.js";
import { completeInfluenceOptions, type InfluenceOptions } from "./options.js";

/**
 * What each row, or each group of a factor, has to do with a fit, without a refit: by importance weights over the draws of a posterior, as `loo`; of maximum likelihood by a Newton step from
 * the estimates. Throws OptionsError for options, CheckError for a fit that it cannot be had of, and for a factor that the model has not.
 */
export async function influence(fit: Fit | MlFit, options: InfluenceOptions = {}): Promise<Influence> {
  checkArgument(aFit, fit, "influence", "fit");
  const { group, signal, onProgress } = completeInfluenceOptions(options);
  const steps = "ml" in fit ? byOneStep(fit, group) : byImportance(fit, group);
  return runSteps(steps, inThisThread({ signal, onProgress }));
}
