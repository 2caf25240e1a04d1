import { gaussRule } from "./gaussRule.js";
import { checkCount, type PositiveRule } from "./QuadratureRule.js";

/**
 * Gauss-Legendre quadrature on (-1, 1), exact for polynomials up to degree 2 points - 1. Throws RangeError unless points is a
 * whole number from 1.
 */
export function gaussLegendre(points: number): PositiveRule {
  checkCount("the number of quadrature points", points, 1);
  return gaussRule(points, { b: (k) => k / Math.sqrt(4 * k * k - 1), logMass: Math.LN2, lower: -1, upper: 1 });
}
