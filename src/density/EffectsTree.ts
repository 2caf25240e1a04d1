import { partialCholesky, partialCholeskyAdjoint, solveLower } from "../math/linalg/cholesky.js";
import { log } from "../math/special/elementary.js";
import type { EffectsStage, PerFactor } from "./EffectsStage.js";
import type { FactorReference, GenerationReference, TreeReference } from "./TransportReference.js";

/**
 * The stage of one factor, or of nested ones: Q = Z'WZ + P(theta) has no more blocks than Z'WZ. Levels are eliminated from the finest factor to the coarsest by fronts (the multifrontal method
 * of Duff & Reid, 1983): a level's front is the dense lower triangle over its own effects, its ancestors' and, as a last row, h.
 */
export class EffectsTree implements EffectsStage {
  readonly factors: readonly number[];
  private readonly generations: readonly Generation[];
  /** Of the level at hand: the effects that its front stands for and, for the row of h, -1; and d value / d z. */
  private readonly front: Float64Array;
  private readonly a: Float64Array;

  constructor({ generations }: TreeReference, factors: readonly FactorReference[]) {
    this.factors = generations.map(({ factor }) => factor);
    this.generations = generations.map((reference, g) => generation(reference, factors, generations.at(g + 1)?.factor));
    const widest = Math.max(...this.generations.map(({ size }) => size));
    this.front = new Float64Array(widest);
    this.a = new Float64Array(widest);
  }

  forward(P: PerFactor, h: PerFactor, position: Float64Array, starts: readonly number[], b: PerFactor): number {
    for (const part of this.generations) assemble(part, P[part.factor], h[part.factor]);
    let logRoots = 0;
    for (let g = 0; g < this.generations.length; g++) logRoots += this.eliminate(g);
    for (let g = this.generations.length - 1; g >= 0; g--) this.substitute(g, position, starts, b);
    return logRoots;
  }

  private eliminate(g: number): number {
    const part = this.generations[g];
    const { levels, q, size, fronts } = part;
    let logRoots = 0;
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      if (!partialCholesky(fronts, size, q, at)) return Number.NaN;
      for (let c = 0; c < q; c++) logRoots += log(fronts[at + c * (size + 1)]);
      if (part.parent !== null) addFront(part, j, this.generations[g + 1], part.parent[j]);
    }
    return logRoots;
  }

  /** b_j = L^-T (y + z - E' b of the ancestors), with E and y' the rows of the front below L. */
  private substitute(g: number, position: Float64Array, starts: readonly number[], b: PerFactor): void {
    const { factor, levels, q, size, fronts } = this.generations[g];
    const { front } = this;
    const own = b[factor];
    const zAt = starts[factor];
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      this.gather(g, j, b);
      for (let c = q - 1; c >= 0; c--) {
        let rest = position[zAt + j * q + c];
        for (let r = c + 1; r < size; r++) rest -= fronts[at + r * size + c] * front[r];
        front[c] = rest / fronts[at + c * (size + 1)];
        own[j * q + c] = front[c];
      }
    }
  }

  /** The values that a level's front stands for. */
  private gather(g: number, level: number, b: PerFactor): void {
    const { factor, q, size, ancestors } = this.generations[g];
    const { front } = this;
    for (let c = 0; c < q; c++) front[c] = b[factor][level * q + c];
    for (const { factor: other, start, q: width, levelIndex } of ancestors)
      for (let e = 0; e < width; e++) front[start + e] = b[other][levelIndex[level] * width + e];
    front[size - 1] = -1;
  }

  backward(
    b: PerFactor,
    bAdjoint: PerFactor,
    gradient: Float64Array,
    starts: readonly number[],
    hAdjoint: PerFactor,
    PAdjoint: PerFactor,
  ): void {
    for (let g = 0; g < this.generations.length; g++) this.substituteAdjoint(g, b, bAdjoint, gradient, starts);
    for (let g = this.generations.length - 1; g >= 0; g--) this.eliminateAdjoint(g, hAdjoint, PAdjoint);
  }

  /** With a = L^-1 bAdjoint: that of z is a, that of the columns of L and of the rows below them -(b, ancestors' b, -1) a'. */
  private substituteAdjoint(
    g: number,
    b: PerFactor,
    bAdjoint: PerFactor,
    gradient: Float64Array,
    starts: readonly number[],
  ): void {
    const { factor, levels, q, size, fronts, adjoints, ancestors } = this.generations[g];
    const { front, a } = this;
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      this.gather(g, j, b);
      for (let c = 0; c < q; c++) a[c] = bAdjoint[factor][j * q + c];
      solveLower(fronts, q, a, at, 0, 1, size);
      for (let c = 0; c < q; c++) gradient[starts[factor] + j * q + c] = a[c];
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

  private eliminateAdjoint(g: number, hAdjoint: PerFactor, PAdjoint: PerFactor): void {
    const part = this.generations[g];
    const { factor, levels, q, size, adjoints } = part;
    const P = PAdjoint[factor];
    for (let j = 0; j < levels; j++) {
      const at = j * size * size;
      if (part.parent !== null) readFront(part, j, this.generations[g + 1], part.parent[j]);
      partialCholeskyAdjoint(part.fronts, size, q, adjoints, at);
      for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) P[r * q + c] += adjoints[at + r * size + c];
      for (let c = 0; c < q; c++) hAdjoint[factor][j * q + c] = adjoints[at + (size - 1) * size + c];
    }
  }
}

/** One factor of the tree at work. */
interface Generation {
  readonly factor: number;
  readonly levels: number;
  readonly q: number;
  /** Rows of a front. */
  readonly size: number;
  /** levels x size x size, lower triangles: the frozen part, the fronts, and d value / d of their lower entries. */
  readonly frozen: Float64Array;
  readonly fronts: Float64Array;
  readonly adjoints: Float64Array;
  /** Per level its parent's in the next generation; null in the last. */
  readonly parent: Int32Array | null;
  /** An ancestor's effects start at row `start` of a front. */
  readonly ancestors: readonly {
    readonly factor: number;
    readonly start: number;
    readonly q: number;
    readonly levelIndex: Int32Array;
  }[];
}

function generation(
  { factor, ancestors, curvature }: GenerationReference,
  factors: readonly FactorReference[],
  next: number | undefined,
): Generation {
  const { levels, effects: q } = factors[factor];
  let width = q;
  const placed = ancestors.map(({ factor: other, levelIndex }) => {
    const start = width;
    width += factors[other].effects;
    return { factor: other, start, q: factors[other].effects, levelIndex };
  });
  const size = width + 1;
  const frozen = new Float64Array(levels * size * size);
  for (let j = 0; j < levels; j++)
    for (let r = 0; r < width; r++)
      for (let c = 0; c < q && c <= r; c++) frozen[(j * size + r) * size + c] = curvature[(j * width + r) * width + c];
  return {
    factor,
    levels,
    q,
    size,
    frozen,
    fronts: new Float64Array(frozen.length),
    adjoints: new Float64Array(frozen.length),
    parent: ancestors.find(({ factor: other }) => other === next)?.levelIndex ?? null,
    ancestors: placed,
  };
}

/** Sets the fronts to what is their own, without what their children will add. */
function assemble({ levels, q, size, frozen, fronts }: Generation, P: Float64Array, h: Float64Array): void {
  fronts.set(frozen);
  for (let j = 0; j < levels; j++) {
    const at = j * size * size;
    for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) fronts[at + r * size + c] += P[r * q + c];
    for (let c = 0; c < q; c++) fronts[at + (size - 1) * size + c] += h[j * q + c];
  }
}

/** Adds what is left of a front to the parent's, which is over just the rows that are left. */
function addFront({ q, size, fronts }: Generation, level: number, to: Generation, parent: number): void {
  const target = parent * to.size * to.size;
  const source = level * size * size + q * (size + 1);
  for (let r = 0; r < to.size; r++)
    for (let c = 0; c <= r; c++) to.fronts[target + r * to.size + c] += fronts[source + r * size + c];
}

/** The adjoint of `addFront`: the part that is left of a front has the adjoint of the parent's. */
function readFront({ q, size, adjoints }: Generation, level: number, from: Generation, parent: number): void {
  const source = parent * from.size * from.size;
  const target = level * size * size + q * (size + 1);
  for (let r = 0; r < from.size; r++)
    for (let c = 0; c <= r; c++) adjoints[target + r * size + c] = from.adjoints[source + r * from.size + c];
}
