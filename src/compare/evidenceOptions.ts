import { OptionsError } from "../engine/OptionsError.js";
import { completeInlaOptions } from "../fit/byApproximation.js";
import type { ModelOptions } from "../fit/prepare.js";
import { commonRowsProblems, pairEngineProblems } from "./options.js";

/** The engines that have a marginal likelihood. */
export const evidenceEngines: readonly string[] = ["inla", "laplace"];

/** How to compare two models by their marginal likelihoods. */
export interface CompareEvidenceOptions extends ModelOptions {
  /** Any of "inla" and "laplace". Default ["inla"]. */
  readonly engines?: readonly string[];
  /** Take models whose priors are, in part, defaults: the Bayes factor then depends on how the data scale them. Default false. */
  readonly defaultPriors?: boolean;
  /** Compare on the rows that both models use, where one of them misses values that the other does not read. Default false: an error. */
  readonly commonRows?: boolean;
  /** The seed of the importance weights. Default 1. */
  readonly seed?: number | string;
}

export interface CompleteEvidenceOptions extends Required<Omit<CompareEvidenceOptions, keyof ModelOptions>> {
  readonly shared: ModelOptions;
}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareEvidenceOptions({
  engines = ["inla"],
  defaultPriors = false,
  commonRows = false,
  seed = 1,
  ...shared
}: CompareEvidenceOptions): CompleteEvidenceOptions {
  const problems = [...pairEngineProblems(engines, evidenceEngines), ...commonRowsProblems(commonRows)];
  if (problems.length > 0) throw new OptionsError(problems);
  completeInlaOptions({ ...shared, seed, engine: "inla" });
  return { engines: [...new Set(engines)], defaultPriors, commonRows, seed, shared };
}
