import { log, log1p } from "../math/special/elementary.js";
import { log1mExp } from "../math/special/logProbability.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** exponential(rate). @stdlib/stats-base-dists-exponential-logcdf is -Infinity at 1e-20 and rate 1, where R has -46.052. */
export const exponential: PriorDistribution = {
  name: "exponential",
  parameters: [positive("rate")],
  make: ([rate]) => makeExponential(rate),
  rescaled: ([rate], factor) => [rate / factor],
};

function makeExponential(rate: number): Univariate {
  const logRate = log(rate);
  return univariate({
    lower: 0,
    upper: Infinity,
    logDensity: (x) => logRate - rate * x,
    derivative: () => -rate,
    stan: stanCall("exponential_lpdf", rate),
    logCdf: (x) => log1mExp(-rate * x),
    logSurvival: (x) => -rate * x,
    quantile: (probability) => -log1p(-probability) / rate,
  });
}
