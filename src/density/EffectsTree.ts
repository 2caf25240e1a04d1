import { DenseFronts } from "./DenseFronts.js";
import type { EffectsStage, PerFactor } from "./EffectsStage.js";
import { ScalarLeaves } from "./ScalarLeaves.js";
import type { Shape, TreeReference } from "./TransportReference.js";
import type { Fronts, TreeGeneration } from "./TreeGeneration.js";

/**
 * The stage of one factor, or of nested ones: Q = Z'WZ + P(theta) has no more blocks than Z'WZ. Levels are eliminated from the finest
 * factor to the coarsest by fronts (the multifrontal method of Duff & Reid, 1983), with h as a last row of each.
 */
export class EffectsTree implements EffectsStage {
  readonly factors: readonly number[];
  /** From the finest to the coarsest, each with the fronts that what is left of it is added to. */
  private readonly generations: readonly { readonly work: TreeGeneration; readonly next: Fronts | null }[];

  constructor({ generations }: TreeReference, shapes: readonly Shape[]) {
    this.factors = generations.map(({ factor }) => factor);
    const later = generations.slice(1).map((reference) => new DenseFronts(reference, shapes));
    const [finest] = generations;
    const isScalar = shapes[finest.factor].effects === 1;
    const leaves = isScalar ? new ScalarLeaves(finest, shapes) : new DenseFronts(finest, shapes);
    this.generations = [leaves, ...later].map((work, g) => ({ work, next: later.at(g) ?? null }));
  }

  forward(P: PerFactor, h: PerFactor, position: Float64Array, starts: readonly number[], b: PerFactor): number {
    const { factors, generations } = this;
    let logRoots = 0;
    for (let g = 0; g < factors.length; g++) generations[g].work.assemble(P[factors[g]], h[factors[g]]);
    for (const { work, next } of generations) logRoots += work.eliminate(next);
    for (let g = factors.length - 1; g >= 0; g--) generations[g].work.substitute(position, starts[factors[g]], b);
    return logRoots;
  }

  backward(
    b: PerFactor,
    bAdjoint: PerFactor,
    gradient: Float64Array,
    starts: readonly number[],
    hAdjoint: PerFactor,
    PAdjoint: PerFactor,
  ): void {
    const { factors, generations } = this;
    for (let g = 0; g < factors.length; g++)
      generations[g].work.substituteAdjoint(b, bAdjoint, gradient, starts[factors[g]]);
    for (let g = factors.length - 1; g >= 0; g--) {
      const { work, next } = generations[g];
      work.eliminateAdjoint(next, hAdjoint[factors[g]], PAdjoint[factors[g]]);
    }
  }
}
