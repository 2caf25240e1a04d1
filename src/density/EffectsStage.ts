/** Per factor of the model; a stage reads and writes those of its own factors. */
export type PerFactor = readonly Float64Array[];

/**
 * The effects of some factors given those of the later stages, as a Gaussian with precision Q = W + P(theta) = L L' and information vector
 * h: the map b = L^-T (L^-1 h + z) with its adjoint.
 */
export interface EffectsStage {
  /** The factors of the model that it is about. */
  readonly factors: readonly number[];
  /** Fills b from the z that start at `starts` of a position; returns log |L|, NaN where Q is not positive definite. */
  forward(P: PerFactor, h: PerFactor, position: Float64Array, starts: readonly number[], b: PerFactor): number;
  /**
   * The adjoint of the last `forward`, to a value that has - log |L| in it: from d value / d b (spoilt) sets d value / d z in
   * `gradient` and d value / d h, and adds to d value / d P of its lower entries.
   */
  backward(
    b: PerFactor,
    bAdjoint: PerFactor,
    gradient: Float64Array,
    starts: readonly number[],
    hAdjoint: PerFactor,
    PAdjoint: PerFactor,
  ): void;
}
