import { log, log1p } from "../math/special/elementary.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";
import { betaHeight, deviance } from "../math/special/saddlePoint.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { positive } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** beta(a, b), of mean a / (a + b) */
export const beta: PriorDistribution = {
  name: "beta",
  parameters: [positive("a"), positive("b")],
  make: ([a, b]) => makeBeta(a, b),
};

function makeBeta(a: number, b: number): Univariate {
  const n = a + b;
  const height = betaHeight(a, b);
  return univariate({
    lower: 0,
    upper: 1,
    logDensity(x) {
      const kernel = height - deviance(a, n * x) - deviance(b, n * (1 - x));
      return kernel - log(x) - log1p(-x);
    },
    derivative: (x) => (a - 1) / x - (b - 1) / (1 - x),
    stan: stanCall("beta_lpdf", a, b),
    logCdf: (x) => logIncompleteBeta(a, b, x, 1 - x),
    logSurvival: (x) => logIncompleteBeta(b, a, 1 - x, x),
  });
}
