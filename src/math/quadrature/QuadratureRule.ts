/**
 * The integral of f over (lower, upper), with the rule's weight function, is about the sum of weights[i] f(nodes[i]). Nodes ascend.
 */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
  /** The interval on which the nodes stand; infinite for Gauss-Hermite. */
  readonly lower: number;
  readonly upper: number;
}

/** A rule whose weights are all positive, their logarithms given apart: in the tails the weights themselves underflow. */
export interface PositiveRule extends QuadratureRule {
  readonly logWeights: Float64Array;
}

/** Throws RangeError unless the number is whole and at least `least`. */
export function checkCount(what: string, count: number, least: number): void {
  if (!(Number.isInteger(count) && count >= least)) {
    throw new RangeError(`${what} must be a whole number of at least ${least}, not ${count}`);
  }
}
