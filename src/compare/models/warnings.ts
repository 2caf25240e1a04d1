import type { MlNote } from "../../engine/ml/Estimates.js";
import type { Family } from "../../family/Family.js";
import type { Comparison, Relation } from "./Comparison.js";
import type { LikelihoodRatioTest } from "./likelihoodRatio.js";
import type { ModelSpace } from "./ModelSpace.js";

/** Log-likelihoods of one model, or of a larger one below a smaller one, must not differ by more. */
const SAME = 1e-4;

/** Whether one of two families is of counts, whose likelihoods are probabilities, and the other is not, as far as they tell. */
export function areOfDifferentKinds(families: readonly Family[]): boolean {
  const kinds = families.map(({ cumulative }) => cumulative?.isDiscrete);
  return kinds.includes(true) && kinds.includes(false);
}

/** What calls for care in comparing two fits. */
export function comparisonWarnings(
  spaces: readonly ModelSpace[],
  models: Comparison["models"],
  relation: Relation,
  test: LikelihoodRatioTest | null,
): MlNote[] {
  const warnings: MlNote[] = [];
  if (test !== null && test.statistic < -2 * SAME) warnings.push(negativeStatistic);
  const difference = Math.abs(models[0].logLikelihood - models[1].logLikelihood);
  if (relation.kind === "equivalent" && difference > SAME) warnings.push(notTheSame);
  const smaller = relation.kind === "nested" ? models.find(({ label }) => label === relation.smaller) : undefined;
  if (smaller?.ml.notes.some(({ code }) => code === "singular")) warnings.push(singularSmaller(smaller.label));
  if (areOfDifferentKinds(spaces.map(({ family }) => family))) warnings.push(differentKinds);
  return warnings;
}

const negativeStatistic: MlNote = {
  code: "negative-deviance",
  message:
    "the larger model has the smaller likelihood, which it cannot have at its maximum: a search has not reached it, or the " +
    "approximations of the two likelihoods differ by more than the models do",
  advice: "look at the convergence of both; for quadrature take more points",
};

const notTheSame: MlNote = {
  code: "equivalent-likelihoods",
  message:
    "these are one model in two parametrisations, yet their likelihoods differ: a search has not reached its maximum, or the " +
    "likelihood is a rough approximation",
  advice: "look at the convergence of both; for quadrature take more points",
};

function singularSmaller(label: string): MlNote {
  return {
    code: "singular-smaller",
    message:
      `the fit of ${label}, the smaller model, is singular: the distribution of the test takes its variances to be positive and ` +
      "its correlations inside of (-1, 1)",
    advice: "take what stands at the boundary out of both models, and compare again",
  };
}

const differentKinds: MlNote = {
  code: "different-measures",
  message:
    "one family is of counts and the other is not: a probability does not compare with a density, nor AIC with AIC",
  advice: "compare by how well they predict",
};
