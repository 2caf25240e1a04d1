import type { Ensemble } from "../predict/Ensemble.js";
import type { Fitted } from "../predict/fittedEnsemble.js";
import type { Telling } from "./estimandNumbers.js";

/** How numbers of a fit are told. */
export function telling(fit: Fitted, ensemble: Ensemble, level: number): Telling {
  return { ensemble, level, isMl: "ml" in fit, degreesOfFreedom: () => null };
}
