import { exp, log } from "../math/special/elementary.js";
import { justAbove } from "./inside.js";
import type { Transform } from "./Transform.js";

/** (lower, Inf): constrained = lower + exp(unconstrained). */
export function logTransform(lower: number): Transform {
  const least = justAbove(lower);
  return {
    name: "log",
    constrain: (unconstrained) => Math.max(lower + exp(unconstrained), least),
    unconstrain: (constrained) => log(constrained - lower),
    derivative: exp,
    logAbsDetJacobian: (unconstrained) => unconstrained,
    logAbsDetJacobianDerivative: () => 1,
  };
}
