import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { EngineError } from "../EngineError.js";
import { holdsCovariance } from "./heldTerms.js";
import type { MlMethod, MlOptions } from "./options.js";

/** Whether quadrature can serve the model: one grouping factor, or a chain of nested ones. */
export function isQuadrature({ structure }: LatentGaussian): boolean {
  return structure === "single" || structure === "nested";
}

/** The method that is asked for, or that suits the model. One point of quadrature is Laplace's approximation, where factors cross as well. */
export function methodFor(view: LatentGaussian, { method, penalized, points }: MlOptions): MlMethod {
  if (method === "aghq" && points === 1 && view.structure === "crossed") return "laplace";
  if (method !== "auto") return method;
  if (view.isGaussian) return penalized || holdsCovariance(view) ? "laplace" : "lmm";
  return isQuadrature(view) ? "aghq" : "laplace";
}

/** Throws EngineError where a method cannot serve the model. */
export function checkMethod(view: LatentGaussian, method: MlMethod, { reml, points }: MlOptions): void {
  if (holdsCovariance(view) && (method === "lmm" || method === "em" || reml))
    throw new EngineError(
      `an sd or a correlation of random effects is held at a number, which ${reml ? "a restricted likelihood (reml)" : `the method "${method}"`} ` +
        `does not take; ${reml ? "leave it out" : 'take the method "laplace", which is exact for a normal response, or "aghq"'}`,
    );
  if (reml && method !== "lmm")
    throw new EngineError(
      `a restricted likelihood (reml) is that of a linear mixed model, and there is none for the method "${method}"; leave it out`,
    );
  if (method === "aghq" && !isQuadrature(view))
    throw new EngineError(`${whyNoQuadrature(view)}; take the method "laplace"`);
  const isLaplace = points === 1 && view.structure === "crossed" && method === "laplace";
  if (points !== "auto" && !isLaplace && (method === "lmm" || method === "laplace")) {
    const why = view.isGaussian
      ? "the likelihood of a linear mixed model is exact without quadrature"
      : whyNoQuadrature(view);
    throw new EngineError(`${points} points, but ${why}; leave the points out`);
  }
}

export const noEffects = "the model has no random effects, so that there is nothing to integrate";

export function whyNoQuadrature({ structure, factors }: LatentGaussian): string {
  if (structure === "none") return noEffects;
  const names = factors.map(({ name }) => name).join(", ");
  return (
    `the grouping factors ${names} cross: their effects are tied together through the rows, so that the integral is one over ` +
    "all of them at once, which no product rule can reach"
  );
}
