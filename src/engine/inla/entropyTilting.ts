import { addScaled, dot } from "../../math/linalg/triangularFactor.js";
import { nearestDefinite } from "../../math/optimize/definite.js";
import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { exp, log } from "../../math/special/elementary.js";
import { runSync } from "../../math/steps.js";
import { sum } from "../../math/totals.js";

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
  const tilted = new Float64Array(weights.length);
  const totalAt = (multipliers: Float64Array) => {
    for (let i = 0; i < tilted.length; i++)
      tilted[i] = weights[i] > 0 ? weights[i] * exp(exponent(multipliers, functions[i])) : 0;
    return sum(tilted);
  };
  const logTotal: Objective = (multipliers, gradient) => {
    const total = totalAt(multipliers);
    for (let k = 0; k < count; k++) gradient[k] = slack * multipliers[k];
    for (let i = 0; i < tilted.length; i++) if (tilted[i] > 0) addScaled(gradient, tilted[i] / total, functions[i]);
    return log(total) + 0.5 * slack * dot(multipliers, multipliers);
  };
  const curvature = covarianceOf(weights, functions, count);
  for (let k = 0; k < count; k++) curvature[k * (count + 1)] += slack;
  if (!curvature.every(Number.isFinite)) return null;
  const hessian = nearestDefinite(curvature, count);
  const { position: multipliers, converged } = runSync(
    minimize(logTotal, new Float64Array(count), { hessian, confirm: false }),
  );
  if (!converged) return null;
  const total = totalAt(multipliers);
  return { multipliers, weights: tilted.map((weight) => weight / total) };
}

/** The curvature of the log total where the multipliers are zero; it is convex everywhere. */
function covarianceOf(weights: Float64Array, functions: readonly Float64Array[], count: number): Float64Array {
  const means = new Float64Array(count);
  const products = new Float64Array(count * count);
  const total = sum(weights);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] / total;
    if (!(weight > 0)) continue;
    const values = functions[i];
    for (let r = 0; r < count; r++) {
      means[r] += weight * values[r];
      for (let c = 0; c <= r; c++) products[r * count + c] += weight * values[r] * values[c];
    }
  }
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
