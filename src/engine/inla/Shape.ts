import type { WorkingScale } from "../../marginal/exploration/workingScale.js";

/** The shape of a parameter's marginal: log densities at ascending values on its working scale, not normalised. */
export interface Shape {
  readonly scale: WorkingScale;
  readonly values: Float64Array;
  readonly logDensities: Float64Array;
  /** Whether it is a coefficient's density along a line, which with quadrature over the effects has less error than draws would leave. */
  readonly isAlongLine?: boolean;
  /** Whether it may be a coefficient's with tails as heavy as its prior's, for there are flat coefficients. */
  readonly hasHeavyTails?: boolean;
}
