import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";

/** A fit by any engine. */
export type Fitted = Fit | MlFit;

/** The probability of intervals where none is asked for: 0.9 of a posterior, 0.95 of maximum likelihood. */
export function defaultLevelOf({ engine }: Pick<ModelToFit, "engine">): number {
  return engine === "ml" ? 0.95 : DEFAULT_LEVEL;
}

/** Whether a scale is that of the linear predictor of mu: the link's own, and that of means which it is. */
export function isOnLinearPredictor(
  { design, compiled }: Pick<Fitted, "design" | "compiled">,
  scale: "link" | "mean",
): boolean {
  return scale === "link" || (design.predictors[0].link === "identity" && compiled.family.meanIsMu !== false);
}
