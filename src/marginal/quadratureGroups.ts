import type { LatentGaussian } from "../density/LatentGaussian.js";
import { gaussHermite } from "../math/quadrature/gaussHermite.js";
import { type ProductRule, productRule } from "../math/quadrature/productRule.js";
import { type Meetings, meetings } from "./Meetings.js";

/** How a model's effects fall into groups that are integrated one by one: an outer level with the levels nested in it. */
export interface QuadratureGroups {
  /** The factor of the inner levels, or the only one. */
  readonly inner: FactorNodes;
  /** The factor they are nested in, or null. */
  readonly outer: (FactorNodes & { readonly meetings: Meetings }) | null;
  /** Number of groups: of outer levels, or of levels. */
  readonly count: number;
  /** The inner levels of group g: members[start[g]] .. members[start[g + 1] - 1]. */
  readonly start: Int32Array;
  readonly members: Int32Array;
}

export interface FactorNodes {
  readonly factor: number;
  /** Effects per level. */
  readonly q: number;
  /** Nodes of the standard normal in q dimensions. */
  readonly rule: ProductRule;
  /** Length of `rule`: log weight + |node|^2 / 2, what a node counts besides the integrand. */
  readonly logFactors: Float64Array;
}

/**
 * Groups for one grouping factor or two nested ones. Throws RangeError for any other structure, and where the nodes of one level
 * would not fit in memory.
 */
export function quadratureGroups(view: LatentGaussian, points: number): QuadratureGroups {
  const { factors, structure } = view;
  if (structure === "single") {
    const { levels } = factors[0];
    const each = Int32Array.from({ length: levels + 1 }, (_, j) => j);
    return {
      inner: factorNodes(view, 0, points),
      outer: null,
      count: levels,
      start: each,
      members: each.slice(0, levels),
    };
  }
  if (structure !== "nested" || factors.length > 2)
    throw new RangeError("quadrature needs one grouping factor, or two of which one is nested in the other");
  const inner = factors[0].parent === null ? 1 : 0;
  const parent = factors[inner].parent?.levelIndex ?? new Int32Array(0);
  const outer = 1 - inner;
  return {
    inner: factorNodes(view, inner, points),
    outer: { ...factorNodes(view, outer, points), meetings: meetings(view, inner, outer) },
    count: factors[outer].levels,
    ...membersOf(parent, factors[outer].levels),
  };
}

function factorNodes(view: LatentGaussian, factor: number, points: number): FactorNodes {
  const q = view.factors[factor].effects;
  const rule = productRule(gaussHermite(points), q);
  const logFactors = rule.logWeights.map((logWeight, k) => {
    let squares = 0;
    for (let e = 0; e < q; e++) squares += rule.nodes[k * q + e] * rule.nodes[k * q + e];
    return logWeight + 0.5 * squares;
  });
  return { factor, q, rule, logFactors };
}

/** A stable counting sort of the inner levels by outer level. */
function membersOf(parent: Int32Array, count: number): { start: Int32Array; members: Int32Array } {
  const start = new Int32Array(count + 1);
  for (const level of parent) start[level + 1]++;
  for (let g = 0; g < count; g++) start[g + 1] += start[g];
  const next = start.slice();
  const members = new Int32Array(parent.length);
  parent.forEach((level, c) => {
    members[next[level]++] = c;
  });
  return { start, members };
}
