import { exp, log } from "../math/special/elementary.js";
import { justBelow } from "./inside.js";
import type { Transform } from "./Transform.js";

/** (-Inf, upper): constrained = upper - exp(unconstrained). */
export function upperTransform(upper: number): Transform {
  const greatest = justBelow(upper);
  return {
    name: "upper",
    constrain: (unconstrained) => Math.min(upper - exp(unconstrained), greatest),
    unconstrain: (constrained) => log(upper - constrained),
    derivative: (unconstrained) => -exp(unconstrained),
    logAbsDetJacobian: (unconstrained) => unconstrained,
    logAbsDetJacobianDerivative: () => 1,
  };
}
