import { exp, log } from "../math/special/elementary.js";
import { justAbove } from "./inside.js";
import type { Transform } from "./Transform.js";

/** (lower, Inf): constrained = lower + scale exp(unconstrained). */
export function logTransform(lower: number, scale: number): Transform {
  const least = justAbove(lower);
  const logScale = log(scale);
  return {
    name: "log",
    constrain: (unconstrained) => Math.max(lower + scale * exp(unconstrained), least),
    unconstrain: (constrained) => log((constrained - lower) / scale),
    derivative: (unconstrained) => scale * exp(unconstrained),
    logAbsDetJacobian: (unconstrained) => logScale + unconstrained,
    logAbsDetJacobianDerivative: () => 1,
  };
}
