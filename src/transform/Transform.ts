/** A smooth bijection of the real line onto an open interval: unconstrained -> constrained. */
export interface Transform {
  readonly name: "affine" | "log" | "upper" | "interval";
  constrain(unconstrained: number): number;
  unconstrain(constrained: number): number;
  /** d constrained / d unconstrained */
  derivative(unconstrained: number): number;
  /** log |d constrained / d unconstrained| */
  logAbsDetJacobian(unconstrained: number): number;
  /** Derivative of `logAbsDetJacobian`. */
  logAbsDetJacobianDerivative(unconstrained: number): number;
}
