import { valuesAtParameters } from "../../density/valuesAtParameters.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";

/**
 * The marginal log-likelihood, all constants included, as a function of the parameters as they are reported, by their names. Null
 * where it cannot be computed: at a correlation of 1, or without a value for one of them.
 */
export function likelihoodAt(marginal: MarginalLikelihood): (parameters: ReadonlyMap<string, number>) => number | null {
  const { view } = marginal;
  return (parameters) => {
    const values = valuesAtParameters(view, parameters);
    const logLikelihood = values === null ? Number.NaN : marginal.evaluate(values, null);
    return Number.isFinite(logLikelihood) ? logLikelihood : null;
  };
}
