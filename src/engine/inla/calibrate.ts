import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { exp, log } from "../../math/special/elementary.js";

/**
 * Weights as near to the given ones as can be, by their relative entropy, under which functions have means of zero (exponential tilting: Haberman
 * 1984; entropy balancing: Hainmueller 2012). `functions[i]` are their values at position i, on scales of about 1. The given weights where
 * there are no such ones.
 */
export function calibrated(weights: Float64Array, functions: readonly Float64Array[]): Float64Array {
  const count = functions.at(0)?.length ?? 0;
  const tilted = (multipliers: Float64Array) =>
    weights.map((weight, i) => {
      if (!(weight > 0)) return 0;
      let exponent = 0;
      for (let k = 0; k < count; k++) exponent += multipliers[k] * functions[i][k];
      return weight * exp(exponent);
    });
  const logTotal: Objective = (multipliers, gradient) => {
    const all = tilted(multipliers);
    const total = all.reduce((a, b) => a + b, 0);
    gradient.fill(0);
    all.forEach((weight, i) => {
      if (weight > 0) for (let k = 0; k < count; k++) gradient[k] += (weight / total) * functions[i][k];
    });
    return log(total);
  };
  const { position, converged } = minimize(logTotal, new Float64Array(count));
  if (!converged) return weights;
  const all = tilted(position);
  const total = all.reduce((a, b) => a + b, 0);
  return all.map((weight) => weight / total);
}
