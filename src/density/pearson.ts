import { isCut, type PredictorDesign } from "../design/Design.js";
import { linearPredictor } from "./linearPredictor.js";
import { predictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";

/** The sum of squared Pearson residuals, w (y - E y)^2 / Var y, at coefficients and random effects as they are reported. */
export type PearsonChiSquare = (beta: Float64Array, effects: readonly Float64Array[]) => number;

/**
 * Pearson's chi-square of a family whose mean gives its variance; null where rows cannot vary by more than that, or the model has
 * something to tell how much more: single 0/1 outcomes, a dispersion, an effect a row. `mean` is the design of the mean.
 */
export function pearsonChiSquare(
  { family, meanLink, response }: ResponseModel,
  mean: PredictorDesign,
  rows: number,
): PearsonChiSquare | null {
  const { values: y, trials, weights } = response;
  const hasEffectARow = mean.factors.some(({ levels }) => levels.length === rows);
  const isSingle = trials?.every((count) => count <= 1) ?? false;
  if (isCut(response) || !family.isOverdispersible || hasEffectARow || isSingle) return null;
  const none = new Float64Array(0);
  return (beta, effects) => {
    const eta = new Float64Array(rows);
    linearPredictor(predictorData(mean, rows, false), beta, effects, eta);
    return eta.reduce((sum, at, i) => {
      const [mu, size] = [meanLink.inverseLink(at), trials === null ? 1 : trials[i]];
      const residual = y[i] - family.mean(mu, none, size);
      const weight = weights === null ? 1 : weights[i];
      return residual === 0 ? sum : sum + (weight * residual ** 2) / family.variance(mu, none, size);
    }, 0);
  };
}
