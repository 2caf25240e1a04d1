import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import type { Ensemble } from "./Ensemble.js";
import { effectsOfEstimates } from "./effectsOfEstimates.js";
import { estimatesEnsemble } from "./estimatesEnsemble.js";
import { posteriorEnsemble } from "./posteriorEnsemble.js";

export type Fitted = Fit | MlFit;

/** The probability of intervals where none is asked for: 0.9 of a posterior, 0.95 of maximum likelihood. */
export function defaultLevelOf({ engine }: Fitted): number {
  return engine === "ml" ? 0.95 : DEFAULT_LEVEL;
}

/** By which functions of the parameters and effects of a fit by any engine are known. Throws ResultError where draws were not kept. */
export function fittedEnsemble(fit: Fitted, level: number): Ensemble {
  return "ml" in fit
    ? estimatesEnsemble(fit.design, fit.ml, effectsOfEstimates(fit), level)
    : posteriorEnsemble(fit.design, fit.posterior, level);
}
