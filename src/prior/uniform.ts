import { log } from "../math/special/elementary.js";
import type { PriorDistribution, Univariate } from "./Prior.js";
import { real } from "./parameters.js";
import { stanCall } from "./stanCall.js";
import { univariate } from "./univariate.js";

/** uniform(lower, upper) */
export const uniform: PriorDistribution = {
  name: "uniform",
  parameters: [real("lower"), real("upper")],
  make: ([lower, upper]) => makeUniform(lower, upper),
};

function makeUniform(lower: number, upper: number): Univariate {
  if (!(lower < upper)) throw new RangeError("lower of uniform must be below upper");
  const width = upper - lower;
  if (width === Infinity) throw new RangeError("upper - lower of uniform must be a finite number");
  const logWidth = log(width);
  return univariate({
    lower,
    upper,
    logDensity: () => -logWidth,
    derivative: () => 0,
    stan: stanCall("uniform_lpdf", lower, upper),
    logCdf: (x) => log(x - lower) - logWidth,
    logSurvival: (x) => log(upper - x) - logWidth,
    quantile: (probability) => lower + width * probability,
  });
}
