import type { EffectsBlocks, LatentGaussian } from "../density/LatentGaussian.js";
import { choleskyAdjoint, solveLower, solveLowerTransposed } from "../math/linalg/cholesky.js";
import type { Generation } from "./levelTree.js";
import { type Meetings, meetings } from "./Meetings.js";
import type { NestedCholesky } from "./nestedHessian.js";

/**
 * How the levels of one generation hang on those above them in the Gaussian approximation at the modes: given the ancestors' effects v, a
 * level's u is normal about u^ - A (v - v^) with precision R R'. Kept for the levels of one group, with the derivatives of what is made
 * of R and A.
 */
export class GroupCurvature {
  readonly q: number;
  /** Effects of all ancestors, the nearest first. */
  readonly size: number;
  /** Per level of the group, q x q lower triangular and q x size. */
  readonly R: Float64Array;
  readonly A: Float64Array;
  readonly RBar: Float64Array;
  readonly ABar: Float64Array;
  /** Per level, the derivatives in the front of its elimination: symmetric over its own effects, then its ancestors'. */
  private readonly frontBar: Float64Array;
  /** R and its adjoint of the level at work. */
  private readonly root: Float64Array;
  private readonly own: Float64Array;
  private readonly factor: number;
  private readonly ancestors: readonly { readonly start: number; readonly q: number; readonly meetings: Meetings }[];

  /** `above` are the generations that this one is nested in, the nearest first; a group has at most so many of its levels. */
  constructor(view: LatentGaussian, { factor, q }: Generation, above: readonly Generation[], mostLevels: number) {
    let size = 0;
    this.ancestors = above.map((generation) => {
      const start = size;
      size += generation.q;
      return { start, q: generation.q, meetings: meetings(view, factor, generation.factor) };
    });
    this.q = q;
    this.size = size;
    this.factor = factor;
    [this.root, this.own] = [new Float64Array(q * q), new Float64Array(q * q)];
    [this.R, this.RBar] = [0, 0].map(() => new Float64Array(mostLevels * q * q));
    [this.A, this.ABar] = [0, 0].map(() => new Float64Array(mostLevels * q * size));
    this.frontBar = new Float64Array(mostLevels * (q + size) ** 2);
  }

  /** Takes over a level's part of a factorisation as the m-th of its group. */
  place(factorisation: NestedCholesky, level: number, m: number): void {
    const { q, size } = this;
    factorisation.conditional(this.factor, level, this.R, m * q * q, this.A, m * q * size);
  }

  /** Starts the derivatives of the m-th level, with that of -log |R|. */
  clear(m: number): void {
    const { q, size, R, RBar, ABar } = this;
    RBar.fill(0, m * q * q, (m + 1) * q * q);
    ABar.fill(0, m * q * size, (m + 1) * q * size);
    for (let e = 0; e < q; e++) {
      const at = m * q * q + e * (q + 1);
      RBar[at] = -1 / R[at];
    }
  }

  /**
   * From the derivatives in R and A to those in the level's blocks of H, the reverse of its elimination. With S the level's Schur complement,
   * C = S A, B the derivatives of the parent's front and X = S^-1 ABar: CBar = X - 2 A B and SBar = (of R) + A B A' - sym(X A').
   */
  backward(
    level: number,
    m: number,
    parent: { readonly curvature: GroupCurvature; readonly m: number } | null,
    H: EffectsBlocks,
  ): void {
    const { q, size } = this;
    const width = q + size;
    const front = this.frontOf(m);
    const { root, own } = this;
    for (let k = 0; k < q * q; k++) {
      root[k] = this.R[m * q * q + k];
      own[k] = this.RBar[m * q * q + k];
    }
    choleskyAdjoint(root, q, own);
    if (parent !== null) this.coupling(m, parent.curvature.frontOf(parent.m), front);
    for (let r = 0; r < q; r++)
      for (let c = 0; c < q; c++) {
        front[r * width + c] = own[r * q + c];
        H.factors[this.factor][(level * q + r) * q + c] = own[r * q + c];
      }
    for (const { start, q: other, meetings: met } of this.ancestors) {
      const block = met.blocks[level] * q * other;
      for (let r = 0; r < q; r++)
        for (let c = 0; c < other; c++)
          H.pairs[met.pair][block + r * met.ofStride + c * met.otherStride] = front[r * width + q + start + c];
    }
  }

  private frontOf(m: number): Float64Array {
    const width = this.q + this.size;
    return this.frontBar.subarray(m * width * width, (m + 1) * width * width);
  }

  private coupling(m: number, B: Float64Array, front: Float64Array): void {
    const { q, size, root: R, own } = this;
    const width = q + size;
    const A = this.A.subarray(m * q * size, (m + 1) * q * size);
    const X = this.ABar.subarray(m * q * size, (m + 1) * q * size);
    for (let c = 0; c < size; c++) {
      solveLower(R, q, X, 0, c, size);
      solveLowerTransposed(R, q, X, 0, c, size);
    }
    const AB = new Float64Array(q * size);
    for (let r = 0; r < q; r++)
      for (let c = 0; c < size; c++)
        for (let e = 0; e < size; e++) AB[r * size + c] += A[r * size + e] * B[e * size + c];
    for (let r = 0; r < q; r++)
      for (let s = 0; s < q; s++)
        for (let c = 0; c < size; c++) {
          const [atR, atS] = [r * size + c, s * size + c];
          own[r * q + s] += AB[atR] * A[atS] - 0.5 * (X[atR] * A[atS] + A[atR] * X[atS]);
        }
    for (let c = 0; c < size; c++) {
      for (let r = 0; r < q; r++) {
        const half = 0.5 * X[r * size + c] - AB[r * size + c];
        front[r * width + q + c] = half;
        front[(q + c) * width + r] = half;
      }
      for (let e = 0; e < size; e++) front[(q + e) * width + q + c] = B[e * size + c];
    }
  }
}
