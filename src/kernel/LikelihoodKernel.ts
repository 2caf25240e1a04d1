import type { PredictorMemory } from "./PredictorMemory.js";

/**
 * The likelihood of a model with one modelled parameter, as the kernel computes it. n rows, p columns, one dispersion at most.
 */
export interface KernelModel {
  /** A name of `kernelNames`: "poisson-log". */
  readonly kernel: string;
  readonly rows: number;
  /** n x p, column-major. */
  readonly X: Float64Array;
  readonly columns: number;
  readonly offset: Float64Array | null;
  readonly response: Float64Array;
  readonly trials: Float64Array | null;
  readonly factors: readonly KernelFactor[];
}

export interface KernelFactor {
  readonly levels: number;
  /** Effects per level, q. */
  readonly effects: number;
  /** Length n. */
  readonly levelIndex: Int32Array;
  /** n x q, column-major; null for q = 1 with every covariate 1. */
  readonly Z: Float64Array | null;
}

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
