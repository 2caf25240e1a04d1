import { badDefinition, checkArgument } from "../argument/checkArgument.js";
import { anObject } from "../argument/kinds.js";
import { beta } from "./beta.js";
import { cauchy } from "./cauchy.js";
import { exponential } from "./exponential.js";
import { flat } from "./flat.js";
import { gamma } from "./gamma.js";
import { halfCauchy } from "./halfCauchy.js";
import { halfNormal } from "./halfNormal.js";
import { halfStudentT } from "./halfStudentT.js";
import { inverseGamma } from "./inverseGamma.js";
import { lognormal } from "./lognormal.js";
import { normal } from "./normal.js";
import type { PriorDistribution } from "./Prior.js";
import { priorProblems } from "./priorProblems.js";
import { studentT } from "./studentT.js";
import { uniform } from "./uniform.js";

/** The univariate priors that the language knows; `lkj`, the prior of correlations, stands apart. */
export const priors: readonly PriorDistribution[] = [
  normal,
  studentT,
  cauchy,
  exponential,
  gamma,
  inverseGamma,
  lognormal,
  beta,
  uniform,
  flat,
  halfNormal,
  halfStudentT,
  halfCauchy,
];

/**
 * A prior of one's own, from the record that the built-in ones use, to be put in a list beside `priors`. Throws
 * ArgumentError where the language could not name it, or where support, derivative and probabilities do not go together.
 */
export function definePrior(distribution: PriorDistribution): PriorDistribution {
  checkArgument(anObject, distribution, "definePrior", "distribution");
  const refused = (problem: string) => badDefinition("definePrior", "distribution", problem);
  const { name, parameters, make }: Partial<PriorDistribution> = distribution;
  if (!Array.isArray(parameters) || typeof make !== "function")
    throw refused(`the prior "${name}" cannot be used: it needs parameters, a list, and make, a function`);
  if (name === undefined || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name === "lkj")
    throw refused(`a prior cannot be named "${name}": letters, digits and _, and not "lkj"`);
  const problems = priorProblems(distribution);
  if (problems.length > 0) throw refused(`the prior "${name}" cannot be used: ${problems.join("; ")}`);
  return distribution;
}
