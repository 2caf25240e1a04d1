import { log } from "../math/special/elementary.js";
import type { PerFactor } from "./EffectsStage.js";
import type { GenerationReference, Shape } from "./TransportReference.js";
import { type Ancestor, type Fronts, placeAncestors, type TreeGeneration } from "./TreeGeneration.js";

/** A product of this size, or its inverse, is still far from the ends of the doubles' range. */
const LARGEST_PRODUCT = 1e200;

/**
 * The finest factor of a tree where it has one effect a level: what `DenseFronts` does, written out for fronts of one column, in which no
 * children have added anything to the rest.
 */
export class ScalarLeaves implements TreeGeneration {
  private readonly factor: number;
  private readonly levels: number;
  /** Rows of a front below the first: those of the ancestors and that of h. */
  private readonly below: number;
  private readonly ancestors: readonly Ancestor[];
  private readonly parent: Int32Array | null;
  /** Length `levels`: Z'WZ, and L. */
  private readonly curvature: Float64Array;
  private readonly L: Float64Array;
  /** levels x below: the rows as they are given, with 0 for h; as L^-1 leaves them; and their adjoints. */
  private readonly frozen: Float64Array;
  private readonly rows: Float64Array;
  private readonly adjoints: Float64Array;
  /** What the adjoint of L has of `substitute`. */
  private readonly LAdjoint: Float64Array;

  constructor(reference: GenerationReference, shapes: readonly Shape[]) {
    const { factor, ancestors, curvature } = reference;
    const { levels } = shapes[factor];
    this.factor = factor;
    this.levels = levels;
    this.ancestors = placeAncestors(reference, shapes);
    this.parent = ancestors.at(0)?.levelIndex ?? null;
    this.below = this.ancestors.reduce((sum, { q }) => sum + q, 1);
    const width = this.below;
    this.curvature = Float64Array.from({ length: levels }, (_, j) => curvature[j * width * width]);
    this.L = new Float64Array(levels);
    this.LAdjoint = new Float64Array(levels);
    this.frozen = new Float64Array(levels * width);
    for (let j = 0; j < levels; j++)
      for (let r = 1; r < width; r++) this.frozen[j * width + r - 1] = curvature[(j * width + r) * width];
    this.rows = new Float64Array(levels * width);
    this.adjoints = new Float64Array(levels * width);
  }

  assemble(P: Float64Array, h: Float64Array): void {
    const { levels, below, curvature, L, frozen, rows } = this;
    for (let j = 0; j < levels; j++) L[j] = Math.sqrt(curvature[j] + P[0]);
    for (let j = 0, at = 0; j < levels; j++) {
      const inverse = 1 / L[j];
      for (let r = 1; r < below; r++, at++) rows[at] = frozen[at] * inverse;
      rows[at++] = h[j] * inverse;
    }
  }

  eliminate(next: Fronts | null): number {
    const { L, levels, parent } = this;
    let logRoots = 0;
    let product = 1;
    for (let j = 0; j < levels; j++) {
      product *= L[j];
      if (product < LARGEST_PRODUCT && product > 1 / LARGEST_PRODUCT) continue;
      logRoots += log(product);
      product = 1;
    }
    if (next !== null && parent !== null) this.reduceParents(next, parent);
    return logRoots + log(product);
  }

  private reduceParents({ size, fronts }: Fronts, parent: Int32Array): void {
    const { levels, below, rows } = this;
    for (let j = 0; j < levels; j++) {
      const at = j * below;
      const target = parent[j] * size * size;
      for (let r = 0; r < below; r++)
        for (let c = 0; c <= r; c++) fronts[target + r * size + c] -= rows[at + r] * rows[at + c];
    }
  }

  substitute(position: Float64Array, zAt: number, b: PerFactor): void {
    const { factor, levels, below, ancestors, L, rows } = this;
    const own = b[factor];
    for (let j = 0; j < levels; j++) {
      let rest = position[zAt + j] + rows[(j + 1) * below - 1];
      for (const { factor: other, start, q, levelIndex } of ancestors)
        for (let e = 0; e < q; e++) rest -= rows[j * below + start - 1 + e] * b[other][levelIndex[j] * q + e];
      own[j] = rest / L[j];
    }
  }

  substituteAdjoint(b: PerFactor, bAdjoint: PerFactor, gradient: Float64Array, zAt: number): void {
    const { factor, levels, below, ancestors, L, LAdjoint, rows, adjoints } = this;
    for (let j = 0; j < levels; j++) {
      const inverse = 1 / L[j];
      const a = bAdjoint[factor][j] * inverse;
      gradient[zAt + j] = a;
      LAdjoint[j] = -b[factor][j] * a - inverse;
      adjoints[(j + 1) * below - 1] = a;
      for (const { factor: other, start, q, levelIndex } of ancestors)
        for (let e = 0; e < q; e++) {
          const [row, effect] = [j * below + start - 1 + e, levelIndex[j] * q + e];
          adjoints[row] = -b[other][effect] * a;
          bAdjoint[other][effect] -= rows[row] * a;
        }
    }
  }

  eliminateAdjoint(next: Fronts | null, hAdjoint: Float64Array, PAdjoint: Float64Array): void {
    const { levels, below, parent, L, LAdjoint, rows, adjoints } = this;
    if (next !== null && parent !== null) this.addParents(next, parent);
    let total = 0;
    for (let j = 0; j < levels; j++) {
      let slope = 0;
      for (let at = j * below; at < (j + 1) * below; at++) slope += adjoints[at] * rows[at];
      const inverse = 1 / L[j];
      hAdjoint[j] = adjoints[(j + 1) * below - 1] * inverse;
      total += 0.5 * (LAdjoint[j] - slope * inverse) * inverse;
    }
    PAdjoint[0] += total;
  }

  /** The adjoint of `reduceParents`. */
  private addParents({ size, adjoints: from }: Fronts, parent: Int32Array): void {
    const { levels, below, rows, adjoints } = this;
    for (let j = 0; j < levels; j++) {
      const at = j * below;
      const source = parent[j] * size * size;
      for (let r = 0; r < below; r++)
        for (let c = 0; c <= r; c++) {
          const slope = from[source + r * size + c];
          adjoints[at + r] -= slope * rows[at + c];
          adjoints[at + c] -= slope * rows[at + r];
        }
    }
  }
}
