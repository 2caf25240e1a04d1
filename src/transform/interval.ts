import { exp, log, log1p, tanh } from "../math/special/elementary.js";
import { justAbove, justBelow } from "./inside.js";
import type { Transform } from "./Transform.js";

/**
 * (lower, upper): constrained = lower + (upper - lower) inverseLogit(unconstrained), measured from the nearer end so
 * that no digit is lost there. Throws RangeError where the width is not a positive finite number.
 */
export function intervalTransform(lower: number, upper: number): Transform {
  const width = upper - lower;
  if (!(width > 0 && width < Infinity)) throw new RangeError(`no interval of finite width: (${lower}, ${upper})`);
  const logWidth = log(width);
  const least = justAbove(lower);
  const greatest = justBelow(upper);
  return {
    name: "interval",
    constrain(unconstrained) {
      const e = exp(-Math.abs(unconstrained));
      const distance = (width * e) / (1 + e);
      return unconstrained < 0 ? Math.max(lower + distance, least) : Math.min(upper - distance, greatest);
    },
    unconstrain: (constrained) => log(constrained - lower) - log(upper - constrained),
    derivative(unconstrained) {
      const e = exp(-Math.abs(unconstrained));
      return (width * e) / ((1 + e) * (1 + e));
    },
    logAbsDetJacobian(unconstrained) {
      const distance = Math.abs(unconstrained);
      return logWidth - distance - 2 * log1p(exp(-distance));
    },
    logAbsDetJacobianDerivative: (unconstrained) => -tanh(unconstrained / 2),
  };
}
