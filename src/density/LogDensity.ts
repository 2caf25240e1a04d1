/** A log posterior on the unconstrained scale, the Jacobian included: all that a sampler sees of a model. */
export interface LogDensity {
  /** Length of a position. */
  readonly dimension: number;
  /**
   * Where positions are nearly N(0, I) by construction: how many of the leading coordinates, the hyperparameters', a warm-up should still
   * tune its metric to; the rest it can take as they are. Absent where nothing is known of their scale.
   */
  readonly tunable?: number;
  /**
   * Fills the caller's `gradient` and returns the log density; -Infinity where it is zero or cannot be computed
   * (the gradient is then meaningless). Throws RangeError on a wrong length only.
   */
  logDensityGradient(position: Float64Array, gradient: Float64Array): number;
  /** What a draw is made of, in its order. */
  readonly quantities: Quantities;
  /** How many independent standard normals a draw takes besides its position; absent where it takes none. */
  readonly innovations?: number;
  /** Writes the draw that a position and innovations (zero where they are not given) stand for: population parameters, then random effects. */
  constrain(position: Float64Array, draw: Float64Array, innovations?: Float64Array): void;
}

/** The names of a draw: its parameters first, then its random effects. */
export interface Quantities {
  readonly parameters: readonly string[];
  readonly randomEffects: readonly RandomEffectName[];
}

/** The name of a random effect, and its parts. */
export interface RandomEffectName {
  /** `b[subject, 17, Intercept]` */
  readonly name: string;
  readonly factor: string;
  readonly level: string;
  readonly coefficient: string;
}
