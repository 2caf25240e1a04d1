import { type AdaptiveRule, integrateAdaptively } from "./adaptive.js";
import type { Integral, Integrand } from "./Integral.js";
import type { QuadratureRule } from "./QuadratureRule.js";

/**
 * The integral of f from `lower` to `upper` by a rule of fixed points, moved to that interval, or by an adaptive rule, which
 * takes infinite limits too. Throws RangeError where the rule and the limits do not go together.
 */
export function integrate(f: Integrand, lower: number, upper: number, rule: QuadratureRule | AdaptiveRule): Integral {
  if (Number.isNaN(lower + upper) && !(lower === -upper))
    throw new RangeError(`cannot integrate from ${lower} to ${upper}`);
  return "nodes" in rule ? applyRule(f, moved(rule, lower, upper)) : integrateAdaptively(f, lower, upper, rule);
}

/** The sum of weights[i] f(nodes[i]): with `gaussHermite`, the expectation of f of a standard normal variate. */
export function applyRule(f: Integrand, { nodes, weights }: QuadratureRule): Integral {
  let value = 0;
  let bad: number | null = null;
  for (let i = 0; i < nodes.length; i++) {
    const height = f(nodes[i]);
    if (!Number.isFinite(height)) bad ??= nodes[i];
    value += weights[i] * height;
  }
  const reason = bad === null ? `summed over ${nodes.length} points` : `the integrand is not finite at ${bad}`;
  return { value, error: null, evaluations: nodes.length, converged: bad === null, reason };
}

/** The rule on another finite interval. */
function moved(rule: QuadratureRule, lower: number, upper: number): QuadratureRule {
  const width = rule.upper - rule.lower;
  if (!(Number.isFinite(upper - lower) && Number.isFinite(width))) {
    throw new RangeError(
      `a rule on (${rule.lower}, ${rule.upper}) cannot integrate from ${lower} to ${upper}; ` +
        "use applyRule for Gauss-Hermite, an adaptive rule for infinite limits",
    );
  }
  return {
    nodes: rule.nodes.map((node) => (lower * (rule.upper - node) + upper * (node - rule.lower)) / width),
    weights: rule.weights.map((weight) => (weight * (upper - lower)) / width),
    lower,
    upper,
  };
}
