import { dot } from "../linalg/triangularFactor.js";
import type { Steps } from "../steps.js";
import { diagonalMatrix, multiply } from "./definite.js";
import { type Curvature, type DescentOptions, descend, descentDefaults } from "./descend.js";
import { hessianByDifferences } from "./hessianByDifferences.js";
import type { Minimum } from "./Minimum.js";
import { type Box, boxOf, type Evaluated, type Objective } from "./Objective.js";

export interface MinimizeOptions extends DescentOptions {
  /**
   * A guess of the Hessian at the start, n x n, symmetric, row-major: the metric of the first step. Default null: `scale`, or
   * without that the Hessian measured by forward differences, at the cost of a gradient a coordinate.
   */
  readonly hessian: Float64Array | null;
  /** Guess of each coordinate's standard error, from which the first metric is made where there is no `hessian`. Default null. */
  readonly scale: ArrayLike<number> | null;
}

const defaults: MinimizeOptions = { ...descentDefaults, hessian: null, scale: null };

/**
 * Minimises a smooth function within simple bounds by BFGS (dense, to about 100 coordinates), from `start` or the nearest
 * position within the bounds, with a pause after each evaluation. Throws RangeError where the options do not fit the dimension.
 */
export function minimize(
  objective: Objective,
  start: ArrayLike<number>,
  options: Partial<MinimizeOptions> = {},
): Steps<Minimum> {
  const filled = { ...defaults, ...options };
  checkSizes(start.length, filled);
  return descend(objective, start, filled, new UpdatedCurvature(objective, boxOf(filled, start.length), filled));
}

function checkSizes(dimension: number, { hessian, scale }: MinimizeOptions): void {
  if (hessian !== null && hessian.length !== dimension * dimension) {
    throw new RangeError(`a Hessian of ${hessian.length} numbers for a position of ${dimension} coordinates`);
  }
  if (scale !== null && scale.length !== dimension) {
    throw new RangeError(`${scale.length} scales for a position of ${dimension} coordinates`);
  }
}

/** A Hessian learnt from the steps by BFGS updates, and measured by forward differences. */
class UpdatedCurvature implements Curvature {
  metric: Float64Array | null;
  private readonly objective: Objective;
  private readonly box: Box;

  constructor(objective: Objective, box: Box, { hessian, scale }: MinimizeOptions) {
    this.objective = objective;
    this.box = box;
    this.metric = hessian ?? (scale && diagonalMatrix(Array.from(scale, (unit) => 1 / (unit * unit))));
  }

  learn(from: Evaluated, to: Evaluated): void {
    if (this.metric === null) return;
    const step = to.position.map((x, i) => x - from.position[i]);
    const change = to.gradient.map((slope, i) => slope - from.gradient[i]);
    this.metric = updated(this.metric, step, change);
  }

  /** What differences cannot tell is taken from the metric so far. */
  *measure({ position, gradient }: Evaluated): Steps<{ hessian: Float64Array; evaluations: number }> {
    const n = position.length;
    const { metric } = this;
    const known = metric && position.map((_, i) => metric[i * n + i]);
    const { hessian, failed, evaluations } = yield* hessianByDifferences(this.objective, position, {
      ...this.box,
      order: 1,
      gradient,
      scale: known?.map((second) => 1 / Math.sqrt(second)) ?? null,
    });
    for (const i of failed) {
      for (let j = 0; j < n; j++) hessian[i * n + j] = hessian[j * n + i] = i === j ? (known?.[i] ?? 1) : 0;
    }
    return { hessian, evaluations };
  }
}

/** The BFGS update of the Hessian for a step and the gradient's change over it; none where the curvature is not positive. */
function updated(hessian: Float64Array, step: Float64Array, change: Float64Array): Float64Array {
  const n = step.length;
  const product = dot(step, change);
  const pushed = multiply(hessian, step);
  const expected = dot(step, pushed);
  if (!(product > 0 && expected > 0)) return hessian;
  const result = hessian.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      result[i * n + j] += (change[i] * change[j]) / product - (pushed[i] * pushed[j]) / expected;
    }
  }
  return result;
}
