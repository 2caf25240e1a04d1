import type { StandardNodes } from "../../kernel/FactorKernel.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { productRule } from "../../math/quadrature/productRule.js";
import { log } from "../../math/special/elementary.js";

/** Gauss-Hermite quadrature with so many points a dimension: exact for polynomials times the standard normal density. */
export function hermiteNodes(points: number, q: number): StandardNodes {
  const rule = gaussHermite(points);
  const { count, nodes, logWeights } = productRule(rule, q);
  const x = new Float64Array(q * count);
  const logFactors = logWeights.slice();
  for (let k = 0; k < count; k++)
    for (let e = 0; e < q; e++) {
      x[e * count + k] = nodes[k * q + e];
      logFactors[k] += 0.5 * nodes[k * q + e] ** 2;
    }
  return { count, x, logFactors, axis: rule.nodes, step: 0 };
}

/** Wide enough for densities with twice the sd that their curvature at the mode promises. */
const FURTHEST = 10;

/**
 * The trapezoidal rule on the line, points at equal steps over +-10. For analytic integrands that fall off it converges exponentially with the number of
 * points, sooner than Gauss-Hermite where there are singularities near the axis (Trefethen & Weideman 2014, sections 4-5).
 */
export function equalNodes(points: number): StandardNodes {
  const step = (2 * FURTHEST) / (points - 1);
  const x = Float64Array.from({ length: points }, (_, k) => k * step - FURTHEST);
  const logFactors = new Float64Array(points).fill(log(step) - 0.5 * log(2 * Math.PI));
  return { count: points, x, logFactors, axis: x, step };
}
