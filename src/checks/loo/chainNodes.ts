import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { productRule } from "../../math/quadrature/productRule.js";

/** Points a dimension of the quadrature, by the number of effects: of a single factor, and of each of a chain. */
const POINTS = [0, 25, 11, 7, 5];
const CHAIN_POINTS = [0, 11, 7, 5];
const FEWEST_POINTS = 3;

/** Places of standardised effects, count x q. */
export interface Nodes {
  readonly count: number;
  readonly nodes: Float64Array;
  /** Logs of the weights over the standard normal density. */
  readonly logFactors: Float64Array;
}

/** The nodes of each factor of a chain, given its numbers of effects. */
export function chainNodes(effects: readonly number[]): Nodes[] {
  const points = effects.length === 1 ? POINTS : CHAIN_POINTS;
  return effects.map((q) => nodesOf(points[q] ?? FEWEST_POINTS, q));
}

function nodesOf(points: number, q: number): Nodes {
  const { count, nodes, logWeights } = productRule(gaussHermite(points), q);
  const logFactors = logWeights.map((weight, k) => weight + 0.5 * squares(nodes.subarray(k * q, (k + 1) * q)));
  return { count, nodes, logFactors };
}

/** The sum of the squares. */
export function squares(values: Float64Array): number {
  let total = 0;
  for (let k = 0; k < values.length; k++) total += values[k] * values[k];
  return total;
}
