import type { PerFactor } from "./EffectsStage.js";
import type { GenerationReference, Shape } from "./TransportReference.js";

/** One factor of a tree at work: see `EffectsTree` for the whole that the steps make, and their order. */
export interface TreeGeneration {
  /** Sets the fronts to what is their own, without what their children will add. */
  assemble(P: Float64Array, h: Float64Array): void;
  /** Eliminates the levels and adds what is left to the parents' fronts; returns log |L|, NaN where it is not positive definite. */
  eliminate(next: Fronts | null): number;
  /** b_j = L^-T (y + z - E' b of the ancestors), with E and y' the rows of the front below L; z starts at `zAt`. */
  substitute(position: Float64Array, zAt: number, b: PerFactor): void;
  /** The adjoint of `substitute`: with a = L^-1 bAdjoint that of z is a, and that of the rows of L and below -(b, ancestors' b, -1) a'. */
  substituteAdjoint(b: PerFactor, bAdjoint: PerFactor, gradient: Float64Array, zAt: number): void;
  /** The adjoint of `eliminate` and `assemble`, to a value that has - log |L| in it: sets that of h, adds to that of P in its lower entries. */
  eliminateAdjoint(next: Fronts | null, hAdjoint: Float64Array, PAdjoint: Float64Array): void;
}

/** The fronts of a generation, as its children see them: levels x size x size, lower triangles, of values and of their adjoints. */
export interface Fronts {
  readonly size: number;
  readonly fronts: Float64Array;
  readonly adjoints: Float64Array;
}

/** Where the rows of a front stand: an ancestor's effects from row `start` on. */
export interface Ancestor {
  readonly factor: number;
  readonly start: number;
  readonly q: number;
  readonly levelIndex: Int32Array;
}

export function placeAncestors({ factor, ancestors }: GenerationReference, shapes: readonly Shape[]): Ancestor[] {
  let start = shapes[factor].effects;
  return ancestors.map(({ factor: other, levelIndex }) => {
    const q = shapes[other].effects;
    start += q;
    return { factor: other, start: start - q, q, levelIndex };
  });
}
