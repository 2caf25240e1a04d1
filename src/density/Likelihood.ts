/**
 * The data's part of a density: log p(y | linear predictors), all constants included, as a function of what the model says
 * of them. The caller writes the inputs, calls `evaluate`, and reads the gradients; the buffers belong to the likelihood.
 */
export interface Likelihood {
  /** One per modelled parameter; the first is the mean. */
  readonly predictors: readonly PredictorBuffers[];
  /** Input: the family's parameters that are one number for all rows, and free. */
  readonly scalars: Float64Array;
  /** Output, of the length of `scalars`. */
  readonly scalarsGradient: Float64Array;
  /** Fills the gradients and returns the log-likelihood; NaN or -Infinity where it cannot be computed. */
  evaluate(): number;
}

/** Inputs and outputs of one linear predictor. */
export interface PredictorBuffers {
  /** Input, length p, in the coordinates of the (perhaps centred) X. */
  readonly beta: Float64Array;
  /** Input per factor: b[level * q + effect] with the effects of all terms of the factor side by side. */
  readonly effects: readonly Float64Array[];
  /** Outputs in the shapes of the inputs. */
  readonly betaGradient: Float64Array;
  readonly effectsGradient: readonly Float64Array[];
}
