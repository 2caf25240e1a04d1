import type { PredictorMemory } from "./PredictorMemory.js";

/** A model loaded into the memory of its own instance of the module. */
export interface LikelihoodKernel extends PredictorMemory {
  /** Output: d log-likelihood / d dispersion, without the family's remainder; 0 for families that have none. */
  readonly dispersionGradient: number;
  /**
   * Reads `beta` and `effects`, fills the gradients, returns the log-likelihood without the family's remainder:
   * one call into the module. NaN or -Infinity where it cannot be computed.
   */
  logLikelihoodGradient(dispersion: number): number;
}
