import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { ConditionalEffects } from "../../marginal/MarginalLikelihood.js";
import { minimize } from "../../math/optimize/minimize.js";
import { EngineError } from "./EngineError.js";
import { LinearCriterion } from "./lmm/criterion.js";
import { linearEstimates } from "./lmm/estimates.js";
import { type LinearFit, precisionAt } from "./lmm/precision.js";
import { linearProducts } from "./lmm/products.js";
import { canonical, type RelativeCovariance, relativeCovariance } from "./lmm/relativeCovariance.js";
import type { Convergence, MaximumLikelihood, Note, ParameterEstimate } from "./MaximumLikelihood.js";

export interface LinearMixedModelOptions {
  /** Restricted maximum likelihood: beta integrated out under a flat prior, which takes the bias of lost degrees of freedom off the variances. */
  readonly reml: boolean;
}

/** An entry of Lambda's diagonal no larger than this, in units of sigma, is tried at zero (as lme4's `isSingular`). */
const SINGULAR = 1e-4;
/** It stays there if that costs no more than this of the log-likelihood. */
const SINGULAR_COST = 1e-8;
/** A correlation this close to 1 is 1. */
const PERFECT = 1e-9;

/**
 * A linear mixed model by maximum likelihood or REML: the profiled criterion of Bates et al. (2015), minimised by its exact gradient
 * over the relative Lambda; beta and sigma follow. Log-likelihoods have all constants and are those of lme4. Throws EngineError for
 * other models, and where data leave nothing to estimate.
 */
export function linearMixedModel(view: LatentGaussian, { reml }: LinearMixedModelOptions): MaximumLikelihood {
  const products = linearProducts(view);
  const criterion = new LinearCriterion(products, reml);
  const layout = relativeCovariance(products);
  const { fit, value, convergence } = bestFit(criterion, layout);
  const hasSigma = products.heldSigma === null;
  const precision = precisionAt(criterion, layout, fit, hasSigma);
  const parameters = linearEstimates(criterion, layout, fit, precision);
  return {
    engine: "ml",
    method: "lmm",
    points: null,
    reml,
    parameters,
    logLikelihood: -value,
    parameterCount: view.sizes.beta + layout.entries.length + (hasSigma ? 1 : 0),
    effects: conditionalEffects(criterion, fit),
    convergence,
    notes: [
      ...singularNotes(view, parameters, precision.free.length < layout.entries.length),
      ...(precision.covariance === null ? [flatNote] : []),
    ],
  };
}

/** The minimum of the criterion, which is left evaluated there. */
function bestFit(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
): { fit: LinearFit; value: number; convergence: Convergence } {
  const [Lambda, gradients] = [layout.matrices(), layout.matrices()];
  const minimum = minimize(
    (theta, gradient) => {
      layout.unpack(theta, Lambda);
      const { value } = criterion.evaluate(Lambda, gradients);
      layout.adjoint(gradients, gradient);
      return value;
    },
    layout.start,
    { lower: layout.lower },
  );
  if (minimum.outcome === "notFinite" || minimum.outcome === "unbounded")
    throw new EngineError(
      "the likelihood has no maximum: the model fits the response without error; leave out effects that tell every row apart",
    );
  layout.unpack(minimum.position, Lambda);
  const { converged, decrement: gradientNorm, iterations, evaluations } = minimum;
  return { ...settled(criterion, layout, Lambda), convergence: { converged, gradientNorm, iterations, evaluations } };
}

/** Sets variances to zero that are zero but for the optimiser's last digits. */
function settled(
  criterion: LinearCriterion,
  layout: RelativeCovariance,
  Lambda: readonly Float64Array[],
): { fit: LinearFit; value: number } {
  const { value } = criterion.evaluate(Lambda, null);
  const simpler = canonical(layout, Lambda, SINGULAR);
  const isAsGood = criterion.evaluate(simpler, null).value <= value + SINGULAR_COST;
  const best = isAsGood ? simpler : Lambda;
  const at = criterion.evaluate(best, null);
  return { fit: { Lambda: best, sigma: at.sigma }, value: at.value };
}

/** Modes of b and their sds given beta, theta and sigma. */
function conditionalEffects({ solution }: LinearCriterion, { sigma }: LinearFit): ConditionalEffects {
  const { view } = solution.products;
  const covariance = solution.hessian.covariance();
  return {
    modes: solution.effects(),
    sds: view.factors.map(({ levels, effects: q }, f) =>
      Float64Array.from({ length: levels * q }, (_, k) => {
        const level = Math.floor(k / q);
        const e = k % q;
        return sigma * Math.sqrt(Math.max(0, covariance.factors[f][(level * q + e) * q + e]));
      }),
    ),
    means: null,
  };
}

function singularNotes(view: LatentGaussian, parameters: readonly ParameterEstimate[], isSingular: boolean): Note[] {
  if (!isSingular) return [];
  const kinds = view.parameterKinds;
  const zeros = parameters.filter(({ estimate }, k) => kinds[k] === "sd" && estimate === 0);
  const ones = parameters.filter(({ estimate }, k) => kinds[k] === "correlation" && Math.abs(estimate) > 1 - PERFECT);
  const names = [...zeros, ...ones].map(({ name, estimate }) => `${name} = ${Math.round(estimate)}`);
  const where = names.length > 0 ? names.join(", ") : "a combination of the random effects has no variance";
  return [
    {
      code: "singular",
      message: `singular fit: ${where}`,
      advice:
        "The data do not support all the random effects of the model: leave out those, or their correlations. Standard errors at the boundary do not exist.",
    },
  ];
}

const flatNote: Note = {
  code: "flat",
  message: "the likelihood is flat in a direction of the variances: they have no standard errors",
  advice: "Leave out random effects that the data cannot tell apart, such as one for every row beside sigma.",
};
