import type { LatentGaussian } from "../density/LatentGaussian.js";
import { gaussHermite } from "../math/quadrature/gaussHermite.js";
import { type ProductRule, productRule } from "../math/quadrature/productRule.js";

/** One factor of a chain of nested ones, its levels in an order in which the levels below each stand together. */
export interface Generation {
  readonly factor: number;
  /** Effects per level. */
  readonly q: number;
  /** Nodes of the standard normal in q dimensions. */
  readonly rule: ProductRule;
  /** Length of `rule`: log weight + |node|^2 / 2, what a node counts besides the integrand. */
  readonly logFactors: Float64Array;
  /** The factor's levels in order. */
  readonly levels: Int32Array;
  /** The levels of the next generation below the one at position p: positions first[p] .. first[p + 1] - 1. Empty in the last. */
  readonly first: Int32Array;
}

/**
 * The levels of one grouping factor, or of nested ones, as a forest: generations from the coarsest factor to the finest, to which the rows
 * belong. Throws RangeError for another structure, and where the nodes of one level would not fit in memory.
 */
export function levelTree(view: LatentGaussian, points: number): Generation[] {
  if (view.structure !== "single" && view.structure !== "nested")
    throw new RangeError("quadrature needs one grouping factor, or factors nested in one another");
  const chain = chainOf(view).reverse();
  let order = Int32Array.from({ length: view.factors[chain[0]].levels }, (_, j) => j);
  return chain.map((factor, g) => {
    const levels = order;
    const below = g + 1 < chain.length ? childrenInOrder(view, chain[g + 1], levels) : null;
    order = below?.levels ?? order;
    return { ...generationNodes(view, factor, points), factor, levels, first: below?.first ?? new Int32Array(0) };
  });
}

/** The factors from the finest to the coarsest. Throws RangeError where they are no chain. */
export function chainOf({ factors }: LatentGaussian): number[] {
  const parents = new Set(factors.map(({ parent }) => parent?.factor ?? -1));
  const chain: number[] = [];
  let next = factors.findIndex((_, f) => !parents.has(f));
  while (next >= 0) {
    chain.push(next);
    next = factors[next].parent?.factor ?? -1;
  }
  if (chain.length !== factors.length) throw new RangeError("the factors are not nested in one chain");
  return chain;
}

function generationNodes(view: LatentGaussian, factor: number, points: number) {
  const q = view.factors[factor].effects;
  const rule = productRule(gaussHermite(points), q);
  const logFactors = rule.logWeights.map((logWeight, k) => {
    let squares = 0;
    for (let e = k * q; e < (k + 1) * q; e++) squares += rule.nodes[e] * rule.nodes[e];
    return logWeight + 0.5 * squares;
  });
  return { q, rule, logFactors };
}

/** A counting sort of a factor's levels by where the levels that they are nested in stand. */
function childrenInOrder(view: LatentGaussian, factor: number, parents: Int32Array) {
  const parentOf = view.factors[factor].parent?.levelIndex ?? new Int32Array(0);
  const position = new Int32Array(parents.length);
  parents.forEach((level, p) => {
    position[level] = p;
  });
  const first = new Int32Array(parents.length + 1);
  for (const parent of parentOf) first[position[parent] + 1]++;
  for (let p = 0; p < parents.length; p++) first[p + 1] += first[p];
  const next = first.slice();
  const levels = new Int32Array(parentOf.length);
  parentOf.forEach((parent, level) => {
    levels[next[position[parent]]++] = level;
  });
  return { first, levels };
}
