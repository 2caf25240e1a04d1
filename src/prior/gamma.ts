import { log } from "../math/special/elementary.js";
import { logLowerGamma, logUpperGamma } from "../math/special/incompleteGamma.js";
import { deviance, saddlePointHeight } from "../math/special/saddlePoint.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** gamma(shape, rate), of mean shape / rate */
export const gamma: PriorDistribution = {
  name: "gamma",
  parameters: [positive("shape"), positive("rate")],
  make: ([shape, rate]) => makeGamma(shape, rate),
  rescaled: ([shape, rate], factor) => [shape, rate / factor],
};

function makeGamma(shape: number, rate: number): Univariate {
  const height = saddlePointHeight(shape);
  return univariate({
    lower: 0,
    upper: Infinity,
    logDensity: (x) => height - deviance(shape, rate * x) - log(x),
    derivative: (x) => (shape - 1) / x - rate,
    stan: stanCall("gamma_lpdf", shape, rate),
    logCdf: (x) => logLowerGamma(shape, rate * x),
    logSurvival: (x) => logUpperGamma(shape, rate * x),
  });
}
