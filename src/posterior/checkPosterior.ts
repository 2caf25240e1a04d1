import type { Posterior } from "./Posterior.js";
import { ResultError } from "./ResultError.js";

/** Refuses a value that is not a posterior, from JavaScript or a cast. Throws ResultError. */
export function checkPosterior(value: unknown): asserts value is Posterior {
  if (isPosterior(value)) return;
  const has = (key: string) => typeof value === "object" && value !== null && key in value;
  if (has("posterior"))
    throw notAPosterior("a fit is not its posterior", "give fit.posterior, or call fit.summary() and fit.draws(name)");
  if (has("ml") || (has("convergence") && has("logLikelihood")))
    throw notAPosterior("maximum likelihood has no posterior", "its estimates are rows already: fit.ml.parameters");
  throw notAPosterior("this is not a posterior", "give the posterior of a fit, or what fromJSON read");
}

function notAPosterior(problem: string, hint: string): ResultError {
  return new ResultError("not-a-posterior", problem, hint);
}

/** Whether a value has the parts of a posterior. */
export function isPosterior(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!("engine" in value && "record" in value && "parameters" in value && "randomEffects" in value)) return false;
  return typeof value.engine === "string" && areQuantities(value.parameters) && areQuantities(value.randomEffects);
}

function areQuantities(values: unknown): boolean {
  return Array.isArray(values) && values.every(isQuantity);
}

function isQuantity(value: unknown): boolean {
  return typeof value === "object" && value !== null && "name" in value && "marginal" in value;
}
