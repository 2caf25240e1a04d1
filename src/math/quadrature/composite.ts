import { newtonCotes } from "./newtonCotes.js";
import { checkCount, type QuadratureRule } from "./QuadratureRule.js";

/** A rule on a finite interval, repeated on so many equal panels of it; the ends that panels share are one node. */
export function composite(rule: QuadratureRule, panels: number): QuadratureRule {
  checkCount("the number of panels", panels, 1);
  const { lower, upper } = rule;
  if (!Number.isFinite(upper - lower))
    throw new RangeError("a rule on an infinite interval cannot be repeated on panels");
  const points = rule.nodes.length;
  const isShared = points > 1 && rule.nodes[0] === lower && rule.nodes[points - 1] === upper;
  const stride = isShared ? points - 1 : points;
  const nodes = new Float64Array(stride * panels + points - stride);
  const weights = new Float64Array(nodes.length);
  for (let panel = 0; panel < panels; panel++) {
    for (let i = 0; i < points; i++) {
      const at = panel * stride + i;
      const place = panel + (rule.nodes[i] - lower) / (upper - lower);
      nodes[at] = ((panels - place) * lower + place * upper) / panels;
      weights[at] += rule.weights[i] / panels;
    }
  }
  return { nodes, weights, lower, upper };
}

/** The trapezoidal rule on (-1, 1) with so many equidistant points, at least 2. */
export function trapezoidal(points: number): QuadratureRule {
  checkCount("the number of quadrature points", points, 2);
  return composite(newtonCotes(2), points - 1);
}

/** Simpson's rule on (-1, 1): three points a panel, of which neighbours share the ends; exact for cubics. */
export function simpson(panels: number): QuadratureRule {
  return composite(newtonCotes(3), panels);
}
