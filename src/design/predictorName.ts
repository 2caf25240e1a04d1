import type { PredictorDesign } from "./Design.js";

/** What a predictor is of: "mu", or of a category "mu.B". */
export function predictorName({ parameter, category }: Pick<PredictorDesign, "parameter" | "category">): string {
  return category === undefined ? parameter : `${parameter}.${category}`;
}
