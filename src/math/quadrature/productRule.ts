import { log } from "../special/elementary.js";
import { checkCount, type PositiveRule } from "./QuadratureRule.js";

/** A rule in several dimensions. */
export interface ProductRule {
  readonly dimensions: number;
  /** Number of points. */
  readonly count: number;
  /** count x dimensions, row-major. */
  readonly nodes: Float64Array;
  readonly logWeights: Float64Array;
}

/** Options of `productRule`. */
export interface ProductOptions {
  /**
   * Leave out the points whose weight is below this share of the largest weight (Jaeckel, 2005). The weights of the others stay
   * as they are, so that the mass left out is what is missing from their sum. Default null: keep all.
   */
  readonly pruneBelow: number | null;
}

/** Numbers in a rule: 2 GB of them. */
const MOST_NUMBERS = 2 ** 28;

/**
 * The product of one rule with itself in `dimensions` dimensions: k^dimensions points, the last coordinate changing fastest.
 * Throws RangeError if dimensions is not a whole number from 1, or if the points would need more than 2 GB.
 */
export function productRule(
  rule: PositiveRule,
  dimensions: number,
  { pruneBelow = null }: Partial<ProductOptions> = {},
): ProductRule {
  checkCount("the number of dimensions", dimensions, 1);
  const points = rule.nodes.length;
  let all = 1;
  for (let d = 0; d < dimensions; d++) all *= points;
  if (all * (dimensions + 1) > MOST_NUMBERS) {
    throw new RangeError(
      `${points} quadrature points in ${dimensions} dimensions make ${all.toPrecision(3)} nodes, more than memory holds; use fewer points`,
    );
  }
  const largest = dimensions * rule.logWeights.reduce((most, weight) => Math.max(most, weight));
  const least = pruneBelow === null ? -Infinity : largest + log(pruneBelow);
  const digits = new Int32Array(dimensions);
  const nodes = new Float64Array(all * dimensions);
  const logWeights = new Float64Array(all);
  let count = 0;
  for (let point = 0; point < all; point++) {
    const logWeight = digits.reduce((sum, digit) => sum + rule.logWeights[digit], 0);
    if (logWeight >= least) {
      for (let d = 0; d < dimensions; d++) nodes[count * dimensions + d] = rule.nodes[digits[d]];
      logWeights[count++] = logWeight;
    }
    increment(digits, points);
  }
  return { dimensions, count, nodes: nodes.slice(0, count * dimensions), logWeights: logWeights.slice(0, count) };
}

/** Counts on by one in the given base, the last digit fastest. */
function increment(digits: Int32Array, base: number): void {
  for (let d = digits.length - 1; d >= 0; d--) {
    digits[d]++;
    if (digits[d] < base) return;
    digits[d] = 0;
  }
}
