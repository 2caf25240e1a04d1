import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import { partialCholesky, solveLower, solveLowerTransposed } from "../../math/linalg/cholesky.js";
import { log } from "../../math/special/elementary.js";
import { type BlockCholesky, effectStarts, joined, split } from "./BlockCholesky.js";
import { type Meetings, meetings } from "./Meetings.js";

/**
 * Nested factors: levels are eliminated from the finest factor to the coarsest, which fills in nothing. A level's front is the dense
 * symmetric matrix over its own effects and those of its ancestors; what eliminating it leaves is added to the front of its parent,
 * which is over just those ancestors' effects (the multifrontal method of Duff & Reid, 1983).
 */
export function nestedHessian(view: LatentGaussian): NestedHessian {
  return new NestedCholesky(view);
}

export interface NestedHessian extends BlockCholesky {
  /** From the finest factor to the coarsest. */
  readonly chain: readonly Generation[];
}

/** One factor of the chain. */
export interface Generation {
  readonly factor: number;
  readonly levels: number;
  readonly q: number;
  /** Rows of a front: the level's q effects, then those of its ancestors from the nearest on. */
  readonly width: number;
  /** levels x width: where these effects stand in a vector over all of them. */
  readonly rows: Int32Array;
  /** levels x width x width; lower triangles. After a factorisation the first q columns are those of L. */
  readonly fronts: Float64Array;
  /** The same entries of H^-1, both triangles. */
  readonly inverses: Float64Array;
  /** Per level its parent's, in the next generation; null in the last. */
  readonly parent: Int32Array | null;
  readonly ancestors: readonly Ancestor[];
}

/** An ancestor's effects start at row `start` of a front; a level has one meeting with it, at the level's own position. */
export interface Ancestor {
  readonly start: number;
  readonly q: number;
  readonly meetings: Meetings;
}

class NestedCholesky implements NestedHessian {
  readonly chain: readonly Generation[];
  private readonly vector: Float64Array;
  /** (E L^-1)' and X' of the level at hand, q x (width - q) each, with L its own block and E those of its ancestors. */
  private readonly reduced: Float64Array;
  private readonly cross: Float64Array;

  constructor(view: LatentGaussian) {
    this.chain = generations(view);
    const starts = effectStarts(view);
    this.vector = new Float64Array(starts[starts.length - 1]);
    const size = this.chain.reduce((most, { q, width }) => Math.max(most, q * (width - q)), 0);
    this.reduced = new Float64Array(size);
    this.cross = new Float64Array(size);
  }

  factor(H: EffectsBlocks): number | null {
    for (const generation of this.chain) assemble(generation, H);
    let logRoots = 0;
    for (let g = 0; g < this.chain.length; g++) {
      const { levels, q, width, fronts } = this.chain[g];
      for (let j = 0; j < levels; j++) {
        const at = j * width * width;
        if (!partialCholesky(fronts, width, q, at)) return null;
        for (let c = 0; c < q; c++) logRoots += log(fronts[at + c * (width + 1)]);
        this.passOn(g, j);
      }
    }
    return 2 * logRoots;
  }

  /** Adds what is left of a front to the parent's. */
  private passOn(g: number, level: number): void {
    const { q, width, fronts, parent } = this.chain[g];
    if (parent === null) return;
    const to = this.chain[g + 1];
    const target = parent[level] * to.width * to.width;
    const source = level * width * width + q * (width + 1);
    for (let r = 0; r < to.width; r++)
      for (let c = 0; c <= r; c++) to.fronts[target + r * to.width + c] += fronts[source + r * width + c];
  }

  solve(r: readonly Float64Array[]): void {
    const x = this.vector;
    joined(r, x);
    for (const generation of this.chain) for (let j = 0; j < generation.levels; j++) forward(generation, j, x);
    for (let g = this.chain.length - 1; g >= 0; g--)
      for (let j = 0; j < this.chain[g].levels; j++) backward(this.chain[g], j, x);
    split(x, r);
  }

  inverse(out: EffectsBlocks): void {
    for (let g = this.chain.length - 1; g >= 0; g--)
      for (let j = 0; j < this.chain[g].levels; j++) {
        this.invertFront(g, j);
        writeBlocks(this.chain[g], this.chain[g].inverses, j, out);
      }
  }

  /** With P the inverse over the ancestors: X = -P E L^-1 and (L L')^-1 - (E L^-1)' X. */
  private invertFront(g: number, level: number): void {
    const { q, width, fronts, inverses, parent } = this.chain[g];
    const { reduced, cross } = this;
    const size = width - q;
    const at = level * width * width;
    for (let e = 0; e < size; e++) {
      for (let c = 0; c < q; c++) reduced[c * size + e] = fronts[at + (q + e) * width + c];
      solveLowerTransposed(fronts, q, reduced, at, e, size, width);
    }
    if (parent !== null) this.copyParent(g, level, parent[level]);
    for (let c = 0; c < q; c++)
      for (let e = 0; e < size; e++) {
        let total = 0;
        for (let k = 0; k < size; k++) total -= inverses[at + (q + e) * width + q + k] * reduced[c * size + k];
        cross[c * size + e] = total;
        inverses[at + c * width + q + e] = total;
        inverses[at + (q + e) * width + c] = total;
      }
    for (let c = 0; c < q; c++) {
      for (let r = 0; r < q; r++) inverses[at + r * width + c] = r === c ? 1 : 0;
      solveLower(fronts, q, inverses, at, at + c, width, width);
      solveLowerTransposed(fronts, q, inverses, at, at + c, width, width);
      for (let r = 0; r < q; r++)
        for (let e = 0; e < size; e++) inverses[at + r * width + c] -= reduced[r * size + e] * cross[c * size + e];
    }
  }

  private copyParent(g: number, level: number, parentLevel: number): void {
    const { q, width, inverses } = this.chain[g];
    const from = this.chain[g + 1];
    for (let r = 0; r < from.width; r++) {
      const source = (parentLevel * from.width + r) * from.width;
      const target = (level * width + q + r) * width + q;
      for (let c = 0; c < from.width; c++) inverses[target + c] = from.inverses[source + c];
    }
  }
}

/** Sets the fronts of a generation to their own entries of H, without what its children will add. */
function assemble({ factor, levels, q, width, fronts, ancestors }: Generation, H: EffectsBlocks): void {
  fronts.fill(0);
  for (let j = 0; j < levels; j++) {
    const at = j * width * width;
    for (let r = 0; r < q; r++)
      for (let c = 0; c <= r; c++) fronts[at + r * width + c] = H.factors[factor][(j * q + r) * q + c];
    for (const { start, q: size, meetings } of ancestors) {
      const block = meetings.blocks[j] * q * size;
      for (let e = 0; e < size; e++)
        for (let c = 0; c < q; c++)
          fronts[at + (start + e) * width + c] =
            H.pairs[meetings.pair][block + c * meetings.ofStride + e * meetings.otherStride];
    }
  }
}

function forward({ q, width, rows, fronts }: Generation, level: number, x: Float64Array): void {
  const at = level * width * width;
  for (let c = 0; c < q; c++) {
    const value = x[rows[level * width + c]] / fronts[at + c * (width + 1)];
    x[rows[level * width + c]] = value;
    for (let r = c + 1; r < width; r++) x[rows[level * width + r]] -= fronts[at + r * width + c] * value;
  }
}

function backward({ q, width, rows, fronts }: Generation, level: number, x: Float64Array): void {
  const at = level * width * width;
  for (let c = q - 1; c >= 0; c--) {
    let rest = x[rows[level * width + c]];
    for (let r = c + 1; r < width; r++) rest -= fronts[at + r * width + c] * x[rows[level * width + r]];
    x[rows[level * width + c]] = rest / fronts[at + c * (width + 1)];
  }
}

/** Copies a level's own blocks out of its place in `fronts`. */
export function writeBlocks(
  { factor, q, width, ancestors }: Generation,
  fronts: Float64Array,
  level: number,
  out: EffectsBlocks,
): void {
  const at = level * width * width;
  for (let r = 0; r < q; r++)
    for (let c = 0; c < q; c++) out.factors[factor][(level * q + r) * q + c] = fronts[at + r * width + c];
  for (const { start, q: size, meetings } of ancestors) {
    const block = meetings.blocks[level] * q * size;
    for (let e = 0; e < size; e++)
      for (let c = 0; c < q; c++)
        out.pairs[meetings.pair][block + c * meetings.ofStride + e * meetings.otherStride] =
          fronts[at + (start + e) * width + c];
  }
}

function generations(view: LatentGaussian): Generation[] {
  const { factors } = view;
  const order = chainOf(view);
  const starts = effectStarts(view);
  return order.map((factor, g) => {
    const { levels, effects: q, parent } = factors[factor];
    let width = q;
    const ancestors = order.slice(g + 1).map((other) => {
      const start = width;
      width += factors[other].effects;
      return { start, q: factors[other].effects, meetings: meetings(view, factor, other) };
    });
    const rows = new Int32Array(levels * width);
    for (let j = 0; j < levels; j++) {
      for (let c = 0; c < q; c++) rows[j * width + c] = starts[factor] + j * q + c;
      ancestors.forEach(({ start, q: size, meetings: { levels: others } }, k) => {
        const from = starts[order[g + 1 + k]] + others[j] * size;
        for (let e = 0; e < size; e++) rows[j * width + start + e] = from + e;
      });
    }
    const [fronts, inverses] = [0, 1].map(() => new Float64Array(levels * width * width));
    return { factor, levels, q, width, rows, fronts, inverses, parent: parent?.levelIndex ?? null, ancestors };
  });
}

/** The factors from the finest to the coarsest. Throws RangeError where they are no chain. */
function chainOf({ factors }: LatentGaussian): number[] {
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
