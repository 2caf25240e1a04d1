import { log } from "../special/elementary.js";
import { type EvenWeight, gaussRule } from "./gaussRule.js";
import { checkCount, type PositiveRule } from "./QuadratureRule.js";

const everywhere = { lower: -Infinity, upper: Infinity };

/** He_k / sqrt(k!): orthonormal under the standard normal density. */
const normal: EvenWeight = { ...everywhere, b: Math.sqrt, logMass: 0 };
/** H_k / sqrt(2^k k! sqrt(pi)) */
const physicist: EvenWeight = { ...everywhere, b: (k) => Math.sqrt(k / 2), logMass: 0.5 * log(Math.PI) };

/**
 * Gauss-Hermite quadrature with any number of points, exact for polynomials up to degree 2 points - 1 under its weight: by
 * default the standard normal density, so that the weights sum to 1 and the rule gives expectations; with "physicist"
 * exp(-x^2), as tables have it, whose weights sum to sqrt(pi). Throws RangeError unless points is a whole number from 1.
 */
export function gaussHermite(points: number, weight: "normal" | "physicist" = "normal"): PositiveRule {
  checkCount("the number of quadrature points", points, 1);
  return gaussRule(points, weight === "normal" ? normal : physicist);
}
