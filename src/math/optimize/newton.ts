import type { Steps } from "../steps.js";
import { type Curvature, type DescentOptions, descend, descentDefaults } from "./descend.js";
import type { Minimum } from "./Minimum.js";
import type { Objective } from "./Objective.js";

/** The Hessian of an objective, n x n, symmetric, row-major; it may be indefinite. */
export type HessianFunction = (position: Float64Array) => Float64Array;

/** As `minimize`, with an exact Hessian at every step: Newton's method within simple bounds. */
export function newton(
  objective: Objective,
  hessianAt: HessianFunction,
  start: ArrayLike<number>,
  options: Partial<DescentOptions> = {},
): Steps<Minimum> {
  return descend(objective, start, { ...descentDefaults, ...options }, exactCurvature(hessianAt));
}

/** Forgets the Hessian at every step, so that it is had anew. */
function exactCurvature(hessianAt: HessianFunction): Curvature {
  return {
    metric: null,
    *measure({ position }) {
      const hessian = hessianAt(position);
      yield;
      return { hessian, evaluations: 0 };
    },
    learn() {
      this.metric = null;
    },
  };
}
