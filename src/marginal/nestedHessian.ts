import type { EffectsBlocks, LatentGaussian } from "../density/LatentGaussian.js";
import { log } from "../math/special/elementary.js";
import { partialCholesky } from "../math/linalg/cholesky.js";
import type { BlockCholesky } from "./BlockCholesky.js";
import { type Meetings, meetings } from "./Meetings.js";

/**
 * Nested factors: levels are eliminated from the finest factor to the coarsest, which fills in nothing. A level's front is the dense symmetric
 * matrix over its own effects and those of its ancestors; what eliminating it leaves over is added to its parent's front,
 * which is over just those effects (the multifrontal method of Duff & Reid, 1983).
 */
export function nestedHessian(view: LatentGaussian): BlockCholesky {
  return new NestedCholesky(view);
}

/** One factor of the chain. */
interface Generation {
  readonly factor: number;
  readonly levels: number;
  readonly q: number;
  /** Rows of a front: q and, after it, the effects of the ancestors from the nearest on. */
  readonly width: number;
  /** levels x width x width, lower triangles; the first q columns are those of L after a factorisation. */
  readonly fronts: Float64Array;
  /** The inverse of H over the same effects, both triangles; null until it is asked for. */
  inverses: Float64Array | null;
  /** Per level, the level of the next generation. */
  readonly parent: Int32Array | null;
  /** Per ancestor from the nearest on, where its effects start in the front, and the one meeting of each level. */
  readonly ancestors: readonly { readonly start: number; readonly q: number; readonly meetings: Meetings }[];
}

class NestedCholesky implements BlockCholesky {
  /** From the finest to the coarsest. */
  private readonly chain: readonly Generation[];
  /** Ancestors' entries of a vector; one level's q x width piece of the inverse. */
  private readonly gathered: Float64Array;
  private readonly scaled: Float64Array;

  constructor(view: LatentGaussian) {
    this.chain = generations(view);
    const width = this.chain[0].width;
    this.gathered = new Float64Array(width);
    this.scaled = new Float64Array(width * width);
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
    const source = level * width * width + q * width + q;
    for (let r = 0; r < to.width; r++)
      for (let c = 0; c <= r; c++) to.fronts[target + r * to.width + c] += fronts[source + r * width + c];
  }

  solve(r: readonly Float64Array[]): void {
    for (const generation of this.chain)
      for (let j = 0; j < generation.levels; j++) this.forward(generation, j, r);
    for (let g = this.chain.length - 1; g >= 0; g--)
      for (let j = 0; j < this.chain[g].levels; j++) this.backward(this.chain[g], j, r);
  }

  private forward({ factor, q, width, fronts, ancestors }: Generation, level: number, r: readonly Float64Array[]): void {
    const own = r[factor];
    const at = level * width * width;
    for (let c = 0; c < q; c++) {
      const value = own[level * q + c] / fronts[at + c * width + c];
      own[level * q + c] = value;
      for (let k = c + 1; k < q; k++) own[level * q + k] -= fronts[at + k * width + c] * value;
      for (const { start, q: size, meetings } of ancestors) {
        const to = this.chain[0].width === 0 ? 0 : meetings.levels[level] * size;
        const other = r[this.factorOf(meetings, factor)];
        for (let e = 0; e < size; e++) other[to + e] -= fronts[at + (start + e) * width + c] * value;
      }
    }
  }
}
