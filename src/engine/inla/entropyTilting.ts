import { dot } from "../../math/linalg/triangularFactor.js";
import { nearestDefinite } from "../../math/optimize/definite.js";
import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { exp, log } from "../../math/special/elementary.js";
import { runSync } from "../../math/steps.js";

/** Weights multiplied by exp(multipliers' functions). */
export interface Tilting {
  readonly multipliers: Float64Array;
  /** Summing to 1. */
  readonly weights: Float64Array;
}

/**
 * The weights as near to the given ones as can be, by their relative entropy, under which functions have means of zero (exponential tilting; entropy
 * balancing: Hainmueller 2012). `functions[i]` are their values at place i, on scales of about 1. With `slack` a mean stays off zero by that times its
 * multiplier, and there are such weights whatever is asked of them. Null where there are none.
 */
export function entropyTilting(weights: Float64Array, functions: readonly Float64Array[], slack = 0): Tilting | null {
  const count = functions.at(0)?.length ?? 0;
  const at = (multipliers: Float64Array) =>
    weights.map((weight, i) => (weight > 0 ? weight * exp(exponent(multipliers, functions[i])) : 0));
  const logTotal: Objective = (multipliers, gradient) => {
    const all = at(multipliers);
    const total = all.reduce((a, b) => a + b, 0);
    for (let k = 0; k < count; k++) gradient[k] = slack * multipliers[k];
    all.forEach((weight, i) => {
      if (weight > 0) for (let k = 0; k < count; k++) gradient[k] += (weight / total) * functions[i][k];
    });
    return log(total) + 0.5 * slack * dot(multipliers, multipliers);
  };
  const curvature = covarianceOf(weights, functions, count);
  for (let k = 0; k < count; k++) curvature[k * (count + 1)] += slack;
  const hessian = nearestDefinite(curvature, count);
  const { position: multipliers, converged } = runSync(
    minimize(logTotal, new Float64Array(count), { hessian, confirm: false }),
  );
  if (!converged) return null;
  const all = at(multipliers);
  const total = all.reduce((a, b) => a + b, 0);
  return { multipliers, weights: all.map((weight) => weight / total) };
}

/** The curvature of the log total where the multipliers are zero; it is convex everywhere. */
function covarianceOf(weights: Float64Array, functions: readonly Float64Array[], count: number): Float64Array {
  const means = new Float64Array(count);
  const products = new Float64Array(count * count);
  const total = weights.reduce((a, b) => a + b, 0);
  functions.forEach((values, i) => {
    const weight = weights[i] / total;
    if (!(weight > 0)) return;
    for (let r = 0; r < count; r++) {
      means[r] += weight * values[r];
      for (let c = 0; c <= r; c++) products[r * count + c] += weight * values[r] * values[c];
    }
  });
  for (let r = 0; r < count; r++)
    for (let c = 0; c <= r; c++) {
      products[r * count + c] -= means[r] * means[c];
      products[c * count + r] = products[r * count + c];
    }
  return products;
}

export function exponent(multipliers: Float64Array, values: Float64Array): number {
  let total = 0;
  for (let k = 0; k < multipliers.length; k++) total += multipliers[k] * values[k];
  return total;
}
