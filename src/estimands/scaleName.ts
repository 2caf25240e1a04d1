import { predictorName } from "../design/predictorName.js";
import type { Fitted } from "../predict/Fitted.js";

/** What the scale of the linear predictor is called where it is not that of a function of the response's mean: "latent scale", "mu.high", "log(mu)"; null elsewhere. */
export function scaleName({ design: { predictors }, compiled: { family } }: Fitted): string | null {
  const [{ link, parameter, category }] = predictors;
  if (family.thresholds !== undefined) return "latent scale";
  if (category !== undefined) return predictorName(predictors[0]);
  if (family.meanIsMu !== false) return null;
  return link === "identity" ? parameter : `${link}(${parameter})`;
}
