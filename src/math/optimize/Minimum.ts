/** A bound that holds a coordinate of a minimum. */
export interface ActiveBound {
  readonly coordinate: number;
  readonly bound: "lower" | "upper";
}

/**
 * converged: the expected change is below the tolerance; rounding: it is lost in the rounding of the objective's values;
 * iterations: the limit was reached; stalled: nothing lower is found though the gradient promises it; notFinite: the objective
 * cannot be computed at the start; unbounded: it fell to -Infinity.
 */
export type Outcome = "converged" | "rounding" | "iterations" | "stalled" | "notFinite" | "unbounded";

/** What a minimiser returns. */
export interface Minimum {
  readonly position: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /**
   * The metric in which convergence was judged, n x n, row-major, positive definite: the Hessian measured at the end, or what
   * the updates have made of the start's.
   */
  readonly hessian: Float64Array;
  /**
   * sqrt(g' H^-1 g), within the bounds: half its square is the change of the value left to expect, and it is the step left to go
   * in standard errors.
   */
  readonly decrement: number;
  readonly iterations: number;
  /** Of the objective with its gradient, those of differences included. */
  readonly evaluations: number;
  /** True for the outcomes "converged" and "rounding". */
  readonly converged: boolean;
  readonly outcome: Outcome;
  /** The outcome in words, with its numbers. */
  readonly reason: string;
  readonly activeBounds: readonly ActiveBound[];
}
