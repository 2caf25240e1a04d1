import { log } from "../math/special/elementary.js";
import { logLowerGamma, logUpperGamma } from "../math/special/incompleteGamma.js";
import { deviance, saddlePointHeight } from "../math/special/saddlePoint.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** inverse_gamma(shape, scale): 1 / X is gamma(shape, scale) with the scale as its rate */
export const inverseGamma: PriorDistribution = {
  name: "inverse_gamma",
  parameters: [positive("shape"), positive("scale")],
  make: ([shape, scale]) => makeInverseGamma(shape, scale),
  rescaled: ([shape, scale], factor) => [shape, factor * scale],
};

function makeInverseGamma(shape: number, scale: number): Univariate {
  const height = saddlePointHeight(shape);
  return univariate({
    lower: 0,
    upper: Infinity,
    logDensity: (x) => height - deviance(shape, scale / x) - log(x),
    derivative: (x) => (scale / x - (shape + 1)) / x,
    stan: stanCall("inv_gamma_lpdf", shape, scale),
    logCdf: (x) => logUpperGamma(shape, scale / x),
    logSurvival: (x) => logLowerGamma(shape, scale / x),
  });
}
