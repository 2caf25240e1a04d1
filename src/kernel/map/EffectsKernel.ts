import type { PredictorMemory, Room } from "../PredictorMemory.js";
import { Arena } from "./Arena.js";
import { checkEffects } from "./checkEffects.js";
import type { EffectsModel } from "./EffectsModel.js";
import { layOutEffects, type PlacedFactor } from "./effectsLayout.js";
import { constantInformation } from "./informationLayout.js";

/**
 * The random effects of a model as a map of standard normal z: stage by stage, from the last, with precision W + P = L L' and information
 * vector h = r - A (beta - beta0) - C (b - mode), b = L^-T (L^-1 h + z). The arrays are views of the predictor's memory; those of factors that
 * are in no stage are empty.
 */
export class EffectsKernel {
  /** Input, of all factors one after another, level-major; and the gradient in it. */
  readonly z: Float64Array;
  readonly zGradient: Float64Array;
  /** Input, length p: beta - beta0. */
  readonly dBeta: Float64Array;
  /** Per factor, q x q: input P, symmetric; output d value / d its lower entries; output the lower entries of the sum of bb' over the levels. */
  readonly P: readonly Float64Array[];
  readonly PAdjoint: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
  private readonly information: readonly Float64Array[];
  private readonly placed: readonly (PlacedFactor | undefined)[];
  private readonly exports: Room["exports"];
  private readonly stages: readonly [first: number, end: number];

  /** Throws RangeError where the model contradicts itself or the predictor; its memory must have `effectsBytes` of room. */
  constructor(model: EffectsModel, memory: PredictorMemory) {
    const { room, beta } = memory;
    checkEffects(model, memory);
    const arena = new Arena(room.buffer, room.start);
    const layout = layOutEffects(model, beta.length, arena, memory);
    const total = memory.effects.reduce((sum, { length }) => sum + length, 0);
    const views = (of: (factor: PlacedFactor) => { readonly address: number; readonly length: number }) =>
      model.factors.map((_, f) => {
        const factor = layout.factors[f];
        if (factor === undefined) return new Float64Array(0);
        const { address, length } = of(factor);
        return arena.view(address, length);
      });
    const squares = (of: (factor: PlacedFactor) => number) =>
      views((factor) => ({ address: of(factor), length: factor.grid.block ** 2 }));
    this.z = arena.view(layout.z, total);
    this.zGradient = arena.view(layout.zGradient, total);
    this.dBeta = arena.view(layout.dBeta, beta.length);
    this.P = squares(({ P }) => P);
    this.PAdjoint = squares(({ PAdjoint }) => PAdjoint);
    this.squares = squares((factor) => factor.squares);
    this.information = views(({ r, grid }) => ({ address: r, length: grid.length }));
    this.placed = layout.factors;
    this.exports = room.exports;
    this.stages = [layout.stages, layout.stagesEnd];
    model.factors.forEach((_, f) => {
      this.setInformation(f, constantInformation(model.factors, f));
    });
  }

  /** Replaces r of a factor that is coupled to no other; level-major. */
  setInformation(factor: number, r: Float64Array): void {
    this.placed[factor]?.grid.write(r, this.information[factor]);
  }

  /** Reads z, dBeta and P, fills the predictor's effects and `squares`; returns log |L|, NaN where W + P is not positive definite. */
  place(): number {
    return this.exports.placeEffects(...this.stages);
  }

  /** Adds the derivatives of - b'Pb / 2 to the predictor's gradient in the effects. */
  pull(): void {
    this.exports.pullEffects(...this.stages);
  }

  /**
   * The adjoint of the last `place`, once, to a value that has - log |L| in it: from the predictor's gradient in the effects, which it spoils,
   * sets `zGradient` and `PAdjoint` and adds to the predictor's gradient in beta.
   */
  chain(): void {
    this.exports.chainEffects(...this.stages);
  }
}
