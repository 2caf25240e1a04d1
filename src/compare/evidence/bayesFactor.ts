import { checkArgument } from "../../argument/checkArgument.js";
import { anObject } from "../../argument/kinds.js";
import { aPosteriorFit } from "../../fit/aFit.js";
import type { Fit } from "../../fit/fitted.js";
import type { PreparedModel } from "../../fit/prepare.js";
import { exp, inverseLogit } from "../../math/special/elementary.js";
import type { ApproximationRecord } from "../../posterior/Posterior.js";
import type { BayesFactor } from "../../summary/Evidence.js";
import { ComparisonError } from "../ComparisonError.js";
import { checkSameData } from "../models/sameData.js";
import { areOfDifferentKinds } from "../models/warnings.js";

/** Options of `bayesFactor`. */
export interface BayesFactorOptions {
  /** Take models whose priors are, in part, defaults: the factor then depends on how the data scale them. Default false. */
  readonly defaultPriors: boolean;
}

/**
 * The Bayes factor of two models fitted to the same data by laplace or inla. Throws ComparisonError, fit for the user, where an engine gives no
 * marginal likelihood or its guard does not trust it, where one family is of counts and the other is not, where a prior is improper, or is a
 * default and that was not asked for.
 */
export function bayesFactor(a: Fit, b: Fit, options: Partial<BayesFactorOptions> = {}): BayesFactor {
  checkArgument(aPosteriorFit, a, "bayesFactor", "a");
  checkArgument(aPosteriorFit, b, "bayesFactor", "b");
  checkArgument(anObject, options, "bayesFactor", "options");
  const { defaultPriors = false } = options;
  checkFactorExists(a, b, defaultPriors);
  return factorOf(trusted(a), trusted(b));
}

type Likelihoods = Pick<ApproximationRecord, "logMarginalLikelihood" | "logMarginalLikelihoods">;

/** From the log marginal likelihoods of A and of B. */
export function factorOf(a: Likelihoods, b: Likelihoods): BayesFactor {
  const log = a.logMarginalLikelihood - b.logMarginalLikelihood;
  const difference = (x: number | null, y: number | null) => (x === null || y === null ? null : x - y);
  const [ofA, ofB] = [a.logMarginalLikelihoods, b.logMarginalLikelihoods];
  return {
    log,
    ratio: exp(log),
    probabilities: { A: inverseLogit(log), B: inverseLogit(-log) },
    byImportance: difference(ofA.importance, ofB.importance),
    byIntegration: difference(ofA.integration, ofB.integration),
  };
}

/** Throws ComparisonError where data, families or priors of two models leave no Bayes factor, or none that means what the models say. */
export function checkFactorExists(a: PreparedModel, b: PreparedModel, defaultPriors: boolean): void {
  checkSameData(a, b);
  if (areOfDifferentKinds([a, b].map(({ compiled }) => compiled.family)))
    throw new ComparisonError(
      "one family is of counts and the other is not: a probability does not compare with a density, so that there is no Bayes factor; " +
        "compare by how well they predict",
    );
  checkPriors(a, b, defaultPriors);
}

function checkPriors(a: PreparedModel, b: PreparedModel, defaultPriors: boolean): void {
  const improper = listed(a, b, ({ proper }) => !proper);
  if (improper !== "")
    throw new ComparisonError(
      `a Bayes factor needs proper priors, for an improper one has no constant: ${improper}; state proper ones`,
    );
  const defaults = listed(a, b, ({ origin }) => origin === "default");
  if (defaults !== "" && !defaultPriors)
    throw new ComparisonError(
      `a Bayes factor depends on every prior, and these are defaults: ${defaults}; ` +
        "state them, or take them as they are by --default-priors (defaultPriors in TypeScript)",
    );
}

/** "intercept, sd[g] of A; intercept of B", or nothing. */
function listed(
  a: PreparedModel,
  b: PreparedModel,
  picks: (prior: PreparedModel["compiled"]["priors"][number]) => boolean,
): string {
  return Object.entries({ A: a, B: b })
    .map(([label, { compiled }]) => ({ label, names: compiled.priors.filter(picks).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0)
    .map(({ label, names }) => `${names.join(", ")} of ${label}`)
    .join("; ");
}

function trusted(fit: Fit): ApproximationRecord {
  const approximation = approximationOf(fit);
  if (!approximation.guard.isTrusted)
    throw new ComparisonError(`the marginal likelihood cannot be trusted: ${approximation.guard.verdict}`);
  return approximation;
}

/** Throws ComparisonError for an engine that has none. */
export function approximationOf({ posterior }: Fit): ApproximationRecord {
  const { approximation } = posterior.record;
  if (approximation === undefined)
    throw new ComparisonError(`${posterior.engine} gives no marginal likelihood; fit both models by laplace or inla`);
  return approximation;
}
