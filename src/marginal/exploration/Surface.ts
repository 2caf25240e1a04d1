import type { Objective } from "../../math/optimize/Objective.js";
import type { MarginalLikelihood } from "../likelihoods/MarginalLikelihood.js";
import { type LogPosterior, logPosterior, marginalPosterior } from "./posteriorMode.js";

/** The log posterior density at an unconstrained position: alone, and negative with its gradient. */
export interface Surface {
  readonly logDensity: LogPosterior;
  readonly descent: Objective;
}

export function surfaceOf(marginal: MarginalLikelihood): Surface {
  return { logDensity: logPosterior(marginal), descent: marginalPosterior(marginal) };
}
