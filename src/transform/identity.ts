import type { Transform } from "./Transform.js";

/** The whole real line as it is. */
export const identityTransform: Transform = {
  name: "identity",
  constrain: (unconstrained) => unconstrained,
  unconstrain: (constrained) => constrained,
  derivative: () => 1,
  logAbsDetJacobian: () => 0,
  logAbsDetJacobianDerivative: () => 0,
};
