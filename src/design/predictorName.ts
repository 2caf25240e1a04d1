import type { Design, PredictorDesign } from "./Design.js";

/** What a predictor is of: "mu", or of a category "mu.B". */
export function predictorName({ parameter, category }: Pick<PredictorDesign, "parameter" | "category">): string {
  return category === undefined ? parameter : `${parameter}.${category}`;
}

/** What names of the predictor start with: nothing for the mean, `phi.` for a second one, `mu.B.` for that of a category. */
export function predictorPrefix({ predictors }: Pick<Design, "predictors">, k: number): string {
  const part = predictors[k];
  return k === 0 && part.category === undefined ? "" : `${predictorName(part)}.`;
}
