import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { hasField } from "../argument/kinds.js";
import type { Posterior } from "./Posterior.js";

/** The posterior of a fit. */
export const aPosterior: ArgumentKind = {
  code: "not-a-posterior",
  expected: "the posterior of a fit, or what fromJSON read",
  accepts: isPosterior,
  hint(value) {
    if (hasField(value, "posterior"))
      return "a fit is not its posterior: give fit.posterior, or call fit.summary() and fit.draws(name)";
    if (hasField(value, "ml") || (hasField(value, "convergence") && hasField(value, "logLikelihood")))
      return "maximum likelihood has no posterior: its estimates are rows already, fit.ml.parameters";
    if (hasField(value, "format")) return "what toJSON made is read by fromJSON";
    return null;
  },
};

/** Refuses an argument that is not a posterior, from JavaScript or a cast. Throws ArgumentError. */
export function checkPosterior(value: unknown, caller: string, argument = "posterior"): asserts value is Posterior {
  checkArgument(aPosterior, value, caller, argument);
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
