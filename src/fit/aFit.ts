import type { ArgumentKind } from "../argument/checkArgument.js";
import { hasField, objectWith } from "../argument/kinds.js";
import { isPosterior } from "../posterior/aPosterior.js";

const ofModel = { ast: "object", design: "object", compiled: "object", table: "object" } as const;
const prepared = objectWith("not-a-model", "a model met with its data, as prepareModel returns it, or a fit", ofModel);

/** A model met with its data, fitted or not. */
export const aPreparedModel: ArgumentKind = {
  ...prepared,
  accepts: (value) => prepared.accepts(value) && hasFunctions(value),
  hint: (value) => (prepared.accepts(value) ? COPIED : null),
};

/** A model met with its data, with the name of the engine that is to fit it. */
export const aModelToFit: ArgumentKind = {
  code: "not-a-model-to-fit",
  expected:
    'a model met with its data and the name of its engine, as { ...prepareModel(model, data), engine: "inla" }, or a fit',
  accepts: (value) => aPreparedModel.accepts(value) && hasField(value, "engine"),
  hint: (value) => aPreparedModel.hint?.(value) ?? null,
};

/** A fit by any engine. */
export const aFit: ArgumentKind = {
  code: "not-a-fit",
  expected: "a fit, the result of await fit(...) or of await load(FOLDER)",
  accepts: (value) => aPreparedModel.accepts(value) && isFitted(value),
  hint(value) {
    if (typeof value === "string") return "the folder of a saved fit is read by load, of marginalia/node";
    if (Array.isArray(value)) return "give one fit at a time";
    if (hasField(value, "format")) return "what fitToJSON made is read by fitFromJSON";
    if (isPosterior(value)) return "this is the posterior of a fit: give the fit itself";
    if (hasField(value, "convergence")) return "these are the estimates of a fit: give the fit itself";
    if (prepared.accepts(value)) return isFitted(value) ? COPIED : "this model has not been fitted: call fit";
    return null;
  },
};

/** A fit by an engine that has a posterior. */
export const aPosteriorFit: ArgumentKind = {
  code: "not-a-posterior-fit",
  expected: "a fit with a posterior, by nuts, laplace, inla or an engine of a plugin",
  accepts: (value) => aFit.accepts(value) && hasField(value, "posterior"),
  hint: (value) =>
    aFit.accepts(value)
      ? "maximum likelihood has no posterior: its estimates are fit.ml, its report mlReport(fit)"
      : (aFit.hint?.(value) ?? null),
};

/** A fit by maximum likelihood. */
export const anMlFit: ArgumentKind = {
  code: "not-an-ml-fit",
  expected: "a fit by maximum likelihood, the result of await fit(...) with the engine ml",
  accepts: (value) => aFit.accepts(value) && hasField(value, "ml"),
  hint: (value) =>
    aFit.accepts(value) ? "this fit has a posterior: its report is fitReport(fit)" : (aFit.hint?.(value) ?? null),
};

function isFitted(value: unknown): boolean {
  return hasField(value, "posterior") || hasField(value, "ml");
}

/** Functions are lost where a fit is copied as data. */
function hasFunctions(value: unknown): boolean {
  return hasField(value, "compiled") && hasField(Reflect.get(Object(value), "compiled"), "latentGaussian");
}

const COPIED = "this is a copy without its functions, as JSON makes it: a fit is carried by fitToJSON and fitFromJSON";
