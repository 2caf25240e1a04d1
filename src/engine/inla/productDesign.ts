import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { productRule } from "../../math/quadrature/productRule.js";
import { exp } from "../../math/special/elementary.js";
import type { DesignPoint } from "./compositeDesign.js";

/** Gauss-Hermite quadrature in m dimensions, with so many points in each: exact to the degree 2 points - 1 of each coordinate. */
export function productDesign(m: number, points: number): DesignPoint[] {
  const { nodes, logWeights } = productRule(gaussHermite(points), m);
  return Array.from(logWeights, (logWeight, i) => ({
    z: [...nodes.subarray(i * m, (i + 1) * m)],
    share: exp(logWeight),
  }));
}
