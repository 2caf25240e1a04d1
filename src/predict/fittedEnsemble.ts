import type { Ensemble } from "./Ensemble.js";
import { effectsOfEstimates } from "./effectsOfEstimates.js";
import { estimatesEnsemble } from "./estimatesEnsemble.js";
import type { Fitted } from "./Fitted.js";
import { posteriorEnsemble } from "./posteriorEnsemble.js";

/** By which functions of the parameters and effects of a fit by any engine are known. Throws ResultError where draws were not kept. */
export function fittedEnsemble(fit: Fitted, level: number): Ensemble {
  return "ml" in fit
    ? estimatesEnsemble(fit.design, fit.ml, effectsOfEstimates(fit), level)
    : posteriorEnsemble(fit.design, fit.posterior, level);
}
