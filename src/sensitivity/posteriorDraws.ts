import type { ReadDraws } from "../density/priorsAtDraws.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { exp } from "../math/special/elementary.js";
import { type JointDraws, jointDrawsOf } from "../posterior/jointDraws.js";
import type { Ensemble } from "../predict/Ensemble.js";
import { posteriorEnsemble } from "../predict/posteriorEnsemble.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import { SensitivityError } from "./SensitivityError.js";

/** The joint draws of a fit, as weights over them need them. */
export interface PosteriorDraws {
  readonly joint: JointDraws;
  /** Length S: the draws' own weights, summing to 1. */
  readonly shares: Float64Array;
  readonly ensemble: Ensemble;
  /** A parameter by its name, read once. */
  readonly read: ReadDraws;
}

/** Throws SensitivityError for maximum likelihood, CheckError or ResultError where there are no draws. */
export function posteriorDrawsOf(fit: Fit | MlFit): PosteriorDraws {
  refuseMl(fit);
  const joint = jointDrawsOf(fit.posterior);
  const ensemble = posteriorEnsemble(fit.design, fit.posterior, DEFAULT_LEVEL);
  const known = new Map<string, Float64Array | null>();
  return {
    joint,
    shares: joint.logWeights?.map(exp) ?? new Float64Array(joint.count).fill(1 / joint.count),
    ensemble,
    read(name) {
      const values = known.get(name) ?? ensemble.parameter(name);
      known.set(name, values);
      return values;
    },
  };
}

/** Throws SensitivityError for maximum likelihood. */
export function refuseMl(fit: Fit | MlFit): asserts fit is Fit {
  refuseWithoutPriors(fit);
}

/** Before a model is fitted: whether its engine has priors. Throws SensitivityError for maximum likelihood. */
export function refuseWithoutPriors({ engine }: Pick<ModelToFit, "engine">): void {
  if (engine === "ml")
    throw new SensitivityError(
      "no-priors",
      "maximum likelihood leaves priors out, so that nothing depends on them",
      "fit with nuts, laplace or inla",
    );
}
