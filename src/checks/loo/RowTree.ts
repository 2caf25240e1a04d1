import type { DrawnFactor } from "../../density/rowsAtDraws.js";

/** Rows of one level of a factor, sorted by the factors nested in it, as a tree of levels. */
export interface RowTree {
  readonly rows: Int32Array;
  readonly root: Branch;
}

/** A level of a factor of a chain, each nested in the one before it, with what quadrature has of it. */
export interface Branch {
  /** Place of the factor in the chain. */
  readonly depth: number;
  /** Its rows are `rows[first .. end)`. */
  readonly first: number;
  readonly end: number;
  /** Levels of the next factor of the chain. */
  readonly children: readonly Branch[];
  /** Length q: standardised effects at the mode; a step from there; and where it leads. */
  readonly mode: Float64Array;
  readonly step: Float64Array;
  readonly trial: Float64Array;
  /** With H the curvature of the effects, of which those of the children are eliminated: the root R of the level's own block, q x q; (effects of its ancestors) x q, H R'^-1; and R^-1 times the gradient. */
  readonly root: Float64Array;
  readonly cross: Float64Array;
  readonly reduced: Float64Array;
}

/** The tree of some rows, which are in one level of the first factor of a chain. */
export function rowTree(chain: readonly DrawnFactor[], rows: Int32Array): RowTree {
  const sorted = rows.slice().sort((i, j) => {
    const differs = chain.find(({ levelIndex }) => levelIndex[i] !== levelIndex[j]);
    return differs === undefined ? i - j : differs.levelIndex[i] - differs.levelIndex[j];
  });
  return { rows: sorted, root: branch(chain, sorted, { depth: 0, first: 0, end: rows.length, ancestors: 0 }) };
}

interface Place extends Pick<Branch, "depth" | "first" | "end"> {
  /** Effects of the levels that the level is nested in. */
  readonly ancestors: number;
}

function branch(chain: readonly DrawnFactor[], rows: Int32Array, place: Place): Branch {
  const { depth, first, end, ancestors } = place;
  const q = chain[depth].effects;
  const children: Branch[] = [];
  const next = chain[depth + 1]?.levelIndex;
  for (let from = first, to = first; next !== undefined && from < end; from = to) {
    while (to < end && next[rows[to]] === next[rows[from]]) to++;
    children.push(branch(chain, rows, { depth: depth + 1, first: from, end: to, ancestors: ancestors + q }));
  }
  const [mode, step, trial, reduced] = Array.from({ length: 4 }, () => new Float64Array(q));
  const [root, cross] = [new Float64Array(q * q), new Float64Array(ancestors * q)];
  return { depth, first, end, children, mode, step, trial, root, cross, reduced };
}

/** A factor, and those nested in it, each in the one before it: of several that cross within it the one with the fewest levels. */
export function nestedChain(factor: DrawnFactor, all: readonly DrawnFactor[]): [DrawnFactor, ...DrawnFactor[]] {
  const chain: [DrawnFactor, ...DrawnFactor[]] = [factor];
  const others = all.filter((other) => other !== factor).sort((a, b) => a.levels.length - b.levels.length);
  for (const other of others) if (isNested(other, chain[chain.length - 1])) chain.push(other);
  return chain;
}

/** Whether all rows of each level are in one level of another factor. */
function isNested({ levelIndex, levels }: DrawnFactor, within: DrawnFactor): boolean {
  const parents = new Int32Array(levels.length).fill(-1);
  return levelIndex.every((level, i) => {
    if (parents[level] < 0) parents[level] = within.levelIndex[i];
    return parents[level] === within.levelIndex[i];
  });
}

/** A level before those nested in it. */
export function forEachBranch(branch: Branch, act: (branch: Branch) => void): void {
  act(branch);
  for (const child of branch.children) forEachBranch(child, act);
}
