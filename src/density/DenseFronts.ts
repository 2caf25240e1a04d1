import { partialCholesky, partialCholeskyAdjoint, solveLower } from "../math/linalg/cholesky.js";
import { log } from "../math/special/elementary.js";
import type { PerFactor } from "./EffectsStage.js";
import type { GenerationReference, Shape } from "./TransportReference.js";
import { type Ancestor, type Fronts, placeAncestors, type TreeGeneration } from "./TreeGeneration.js";

/** Any factor of a tree: a front is the dense lower triangle over a level's own effects, its ancestors' and, as a last row, h. */
export class DenseFronts implements TreeGeneration, Fronts {
  readonly size: number;
  readonly fronts: Float64Array;
  readonly adjoints: Float64Array;
  private readonly factor: number;
  private readonly levels: number;
  private readonly q: number;
  private readonly frozen: Float64Array;
  /** Per level its parent's in the next generation; null in the last. */
  private readonly parent: Int32Array | null;
  private readonly ancestors: readonly Ancestor[];
  /** Of the level at hand: the effects that its front stands for and, for the row of h, -1; and d value / d z. */
  private readonly front: Float64Array;
  private readonly a: Float64Array;

  constructor(reference: GenerationReference, shapes: readonly Shape[]) {
    const { factor, ancestors, curvature } = reference;
    const { levels, effects: q } = shapes[factor];
    this.factor = factor;
    this.levels = levels;
    this.q = q;
    this.ancestors = placeAncestors(reference, shapes);
    this.parent = ancestors.at(0)?.levelIndex ?? null;
    const width = this.ancestors.reduce((sum, ancestor) => sum + ancestor.q, q);
    this.size = width + 1;
    this.frozen = withRow(curvature, levels, width, q);
    this.fronts = new Float64Array(this.frozen.length);
    this.adjoints = new Float64Array(this.frozen.length);
    this.front = new Float64Array(this.size);
    this.a = new Float64Array(q);
  }

  assemble(P: Float64Array, h: Float64Array): void {
    const { levels, q, size, frozen, fronts } = this;
    fronts.set(frozen);
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) fronts[at + r * size + c] += P[r * q + c];
      for (let c = 0; c < q; c++) fronts[at + (size - 1) * size + c] += h[j * q + c];
    }
  }

  eliminate(next: Fronts | null): number {
    const { levels, q, size, fronts, parent } = this;
    let logRoots = 0;
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      if (!partialCholesky(fronts, size, q, at)) return Number.NaN;
      let product = 1;
      for (let c = 0; c < q; c++) product *= fronts[at + c * (size + 1)];
      logRoots += log(product);
      if (next !== null && parent !== null) this.passOn(j, next, parent[j]);
    }
    return logRoots;
  }

  /** Adds what is left of a front to the parent's, which is over just the rows that are left. */
  private passOn(level: number, to: Fronts, parent: number): void {
    const { q, size, fronts } = this;
    const target = parent * to.size * to.size;
    const source = level * size * size + q * (size + 1);
    for (let r = 0; r < to.size; r++)
      for (let c = 0; c <= r; c++) to.fronts[target + r * to.size + c] += fronts[source + r * size + c];
  }

  substitute(position: Float64Array, zAt: number, b: PerFactor): void {
    const { factor, levels, q, size, fronts, front } = this;
    const own = b[factor];
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      this.gather(j, b);
      for (let c = q - 1; c >= 0; c--) {
        let rest = position[zAt + j * q + c];
        for (let r = c + 1; r < size; r++) rest -= fronts[at + r * size + c] * front[r];
        front[c] = rest / fronts[at + c * (size + 1)];
        own[j * q + c] = front[c];
      }
    }
  }

  /** The values that a level's front stands for. */
  private gather(level: number, b: PerFactor): void {
    const { factor, q, size, ancestors, front } = this;
    for (let c = 0; c < q; c++) front[c] = b[factor][level * q + c];
    for (const { factor: other, start, q: width, levelIndex } of ancestors)
      for (let e = 0; e < width; e++) front[start + e] = b[other][levelIndex[level] * width + e];
    front[size - 1] = -1;
  }

  substituteAdjoint(b: PerFactor, bAdjoint: PerFactor, gradient: Float64Array, zAt: number): void {
    const { factor, levels, q, size, fronts, adjoints, ancestors, front, a } = this;
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      this.gather(j, b);
      for (let c = 0; c < q; c++) a[c] = bAdjoint[factor][j * q + c];
      solveLower(fronts, q, a, at, 0, 1, size);
      for (let c = 0; c < q; c++) gradient[zAt + j * q + c] = a[c];
      for (let r = 0; r < size; r++)
        for (let c = 0; c < q && c <= r; c++) adjoints[at + r * size + c] = -front[r] * a[c];
      for (let c = 0; c < q; c++) adjoints[at + c * (size + 1)] -= 1 / fronts[at + c * (size + 1)];
      for (const { factor: other, start, q: width, levelIndex } of ancestors)
        for (let e = 0; e < width; e++) {
          let total = 0;
          for (let c = 0; c < q; c++) total += fronts[at + (start + e) * size + c] * a[c];
          bAdjoint[other][levelIndex[j] * width + e] -= total;
        }
    }
  }

  eliminateAdjoint(next: Fronts | null, hAdjoint: Float64Array, PAdjoint: Float64Array): void {
    const { levels, q, size, fronts, adjoints, parent } = this;
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      if (next !== null && parent !== null) this.readParent(j, next, parent[j]);
      partialCholeskyAdjoint(fronts, size, q, adjoints, at);
      for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) PAdjoint[r * q + c] += adjoints[at + r * size + c];
      for (let c = 0; c < q; c++) hAdjoint[j * q + c] = adjoints[at + (size - 1) * size + c];
    }
  }

  /** The adjoint of `passOn`: the part that is left of a front has the adjoint of the parent's. */
  private readParent(level: number, from: Fronts, parent: number): void {
    const { q, size, adjoints } = this;
    const source = parent * from.size * from.size;
    const target = level * size * size + q * (size + 1);
    for (let r = 0; r < from.size; r++)
      for (let c = 0; c <= r; c++) adjoints[target + r * size + c] = from.adjoints[source + r * from.size + c];
  }
}

/** Matrices of which the first q columns are given, lower triangles, with a row of zeros more. */
function withRow(curvature: Float64Array, levels: number, width: number, q: number): Float64Array {
  const size = width + 1;
  const wider = new Float64Array(levels * size * size);
  for (let j = 0; j < levels; j++)
    for (let r = 0; r < width; r++)
      for (let c = 0; c < q && c <= r; c++) wider[(j * size + r) * size + c] = curvature[(j * width + r) * width + c];
  return wider;
}
