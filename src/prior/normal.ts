import { log } from "../math/special/elementary.js";
import { logNormalCdf, logNormalDensity, normalQuantile } from "../math/special/normalDistribution.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive, real } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** normal(mean, sd) */
export const normal: PriorDistribution = {
  name: "normal",
  parameters: [real("mean"), positive("sd")],
  make: ([mean, sd]) => makeNormal(mean, sd),
  rescaled: ([mean, sd], factor) => [mean, factor * sd],
};

export function makeNormal(mean: number, sd: number): Univariate {
  const logSd = log(sd);
  const distribution = univariate({
    lower: -Infinity,
    upper: Infinity,
    logDensity: (x) => logNormalDensity((x - mean) / sd) - logSd,
    derivative: (x) => (mean - x) / sd / sd,
    stan: stanCall("normal_lpdf", mean, sd),
    logCdf: (x) => logNormalCdf((x - mean) / sd),
    logSurvival: (x) => logNormalCdf((mean - x) / sd),
    quantile: (probability) => mean + sd * normalQuantile(probability),
  });
  return { ...distribution, quadratic: { mean, precision: 1 / (sd * sd) } };
}
