import { log } from "../math/special/elementary.js";
import type { Transform } from "./Transform.js";

/** The whole real line: constrained = location + scale unconstrained. */
export function affineTransform(location: number, scale: number): Transform {
  const logScale = log(scale);
  return {
    name: "affine",
    constrain: (unconstrained) => location + scale * unconstrained,
    unconstrain: (constrained) => (constrained - location) / scale,
    derivative: () => scale,
    logAbsDetJacobian: () => logScale,
    logAbsDetJacobianDerivative: () => 0,
  };
}
