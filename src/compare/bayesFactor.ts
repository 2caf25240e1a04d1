import type { Fit } from "../fit/fitted.js";
import { ComparisonError } from "./ComparisonError.js";
import { checkSameData } from "./sameData.js";

/** How much the data speak for one model against another: logs of p(y | A) / p(y | B). */
export interface BayesFactor {
  /** By the better of each model's two log marginal likelihoods. */
  readonly log: number;
  /** By the importance weights of both, and by integrating both approximations; null where one of the models has no such value. */
  readonly byImportance: number | null;
  readonly byIntegration: number | null;
}

export interface BayesFactorOptions {
  /** Take models whose priors are, in part, defaults: the factor then depends on how the data scale them. Default false. */
  readonly defaultPriors: boolean;
}

/**
 * The Bayes factor of two models fitted to the same data by laplace or inla. Throws ComparisonError, fit for the user, where an engine gives no
 * marginal likelihood or its guard does not trust it, where a prior is improper, or is a default and that was not asked for.
 */
export function bayesFactor(a: Fit, b: Fit, { defaultPriors = false }: Partial<BayesFactorOptions> = {}): BayesFactor {
  checkSameData(a, b);
  const [first, second] = [a, b].map((fit) => marginalLikelihoods(fit, defaultPriors));
  const difference = (x: number | null, y: number | null) => (x === null || y === null ? null : x - y);
  return {
    log: first.best - second.best,
    byImportance: difference(first.importance, second.importance),
    byIntegration: difference(first.integration, second.integration),
  };
}

function marginalLikelihoods({ posterior, compiled }: Fit, defaultPriors: boolean) {
  const { approximation } = posterior.record;
  if (approximation === undefined)
    throw new ComparisonError(`${posterior.engine} gives no marginal likelihood; fit both models by laplace or inla`);
  if (!approximation.guard.isTrusted)
    throw new ComparisonError(`the marginal likelihood cannot be trusted: ${approximation.guard.verdict}`);
  const improper = compiled.priors.filter(({ proper }) => !proper);
  if (improper.length > 0)
    throw new ComparisonError(
      `a Bayes factor needs proper priors, for an improper one has no constant: ${listed(improper)}; state proper ones`,
    );
  const defaults = compiled.priors.filter(({ origin }) => origin === "default");
  if (defaults.length > 0 && !defaultPriors)
    throw new ComparisonError(
      `a Bayes factor depends on every prior, and these are defaults: ${listed(defaults)}; state them, or ask for default priors`,
    );
  return { best: approximation.logMarginalLikelihood, ...approximation.logMarginalLikelihoods };
}

function listed(priors: readonly { readonly name: string }[]): string {
  return priors.map(({ name }) => name).join(", ");
}
