import { exp, log } from "../math/special/elementary.js";
import { logFactorial } from "../math/special/logFactorial.js";
import type { Univariate } from "../prior/Prior.js";
import type { Transform } from "../transform/Transform.js";
import type { ModelPriors } from "./resolvePriors.js";

/** Scalars that ascend: the first of them, and the logs of the distances to the next. */
export interface OrderedEntry {
  readonly position: number;
  readonly size: number;
  readonly values: Float64Array;
  readonly gradients: Float64Array;
  readonly first: Transform;
  readonly priors: readonly Univariate[];
  /** What the order adds to the log density of the priors: they hold the ordered values only, one of size! orders of values that have the same. */
  readonly constant: number;
}

/** The thresholds that ascend, the first of the scalars; from this place of a position on. */
export function orderedEntry(
  { ordered, scalars }: ModelPriors,
  position: number,
  values: Float64Array,
  gradients: Float64Array,
): OrderedEntry {
  const own = scalars.slice(0, ordered);
  const isCommon = own.every(({ used }) => used.distribution === own[0].used.distribution);
  return {
    ...{ position, size: ordered, values, gradients },
    first: own[0].transform,
    priors: own.map(({ density }) => density),
    constant: isCommon && own[0].used.proper ? logFactorial(ordered) : 0,
  };
}

/** Sets the values, and returns the log Jacobian. */
export function readOrdered({ position: at, size, values, first }: OrderedEntry, position: Float64Array): number {
  values[0] = first.constrain(position[at]);
  let logJacobian = first.logAbsDetJacobian(position[at]);
  for (let k = 1; k < size; k++) {
    values[k] = values[k - 1] + exp(position[at + k]);
    logJacobian += position[at + k];
  }
  return logJacobian;
}

/** -Infinity of values that do not ascend. */
export function logPriorOfOrdered({ priors, values, constant }: OrderedEntry): number {
  let total = constant;
  for (let k = 0; k < priors.length; k++) {
    if (k > 0 && !(values[k] > values[k - 1])) return Number.NEGATIVE_INFINITY;
    total += priors[k].logDensity(values[k]);
  }
  return total;
}

/** From the derivatives in the values to those in the position: each distance moves all values after it. */
export function chainOrdered(
  { position: at, size, values, gradients, first, priors }: OrderedEntry,
  unconstrained: Float64Array,
  include: { readonly prior: boolean; readonly jacobian: boolean },
  gradient: Float64Array,
): void {
  let slope = 0;
  for (let k = size - 1; k >= 0; k--) {
    slope += gradients[k] + (include.prior ? priors[k].derivative(values[k]) : 0);
    const x = unconstrained[at + k];
    gradient[at + k] =
      k > 0
        ? slope * exp(x) + (include.jacobian ? 1 : 0)
        : slope * first.derivative(x) + (include.jacobian ? first.logAbsDetJacobianDerivative(x) : 0);
  }
}

export function writeOrdered({ position: at, size, values, first }: OrderedEntry, position: Float64Array): void {
  position[at] = first.unconstrain(values[0]);
  for (let k = 1; k < size; k++) position[at + k] = log(values[k] - values[k - 1]);
}
