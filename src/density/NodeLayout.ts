import type { FactorKernel, StandardNodes, WantedOfFactor } from "../kernel/FactorKernel.js";
import type { Steps } from "../math/steps.js";
import type { LatentValues } from "./LatentValues.js";

/** What a kernel of quadrature over the effects of one factor is made for. */
export interface NodeLayout {
  /** Whose effects are integrated out. */
  readonly factor: number;
  /** A permutation of the rows in which those of each level stand together. */
  readonly rows: Int32Array;
  /** Rows of the largest level. */
  readonly mostRows: number;
  /** Nodes a level, K. */
  readonly nodes: number;
}

/** Buffers of one quadrature, rows in the order of the layout. */
export interface LevelIntegrals {
  /** Numbers from one effect to the next in `shifts` and `cross`, at least K. */
  readonly stride: number;
  /** Input, length n: the linear predictors that nodes shift. */
  readonly eta: Float64Array;
  /** Input, q x stride: the nodes as shifts of the effect, on the original scale. */
  readonly shifts: Float64Array;
  /** Input, K numbers: log weights. Output: the share of each node in the integral. */
  readonly weights: Float64Array;
  /** Output, q x stride: Z's at each node, s the scores of the rows in eta. */
  readonly cross: Float64Array;
  /**
   * Outputs, length n, of psi a column each: the integral's log derivatives in eta and in psi. Of a kernel's psi, one number for all rows, a
   * level's first row has the whole.
   */
  readonly scores: Float64Array;
  readonly psiScores: readonly Float64Array[];
  /**
   * Takes psi of a row table, and returns what all integrals together leave out of the log-likelihood, with its derivative in a first
   * column of psi that is one number for all rows.
   */
  begin(psi: readonly Float64Array[]): { readonly constant: number; readonly slope: number };
  /**
   * The log of the sum over the nodes of weight times likelihood of the rows from `first` to before `end`; NaN or -Infinity where it
   * cannot be computed. Outputs but the weights are filled where derivatives are asked for.
   */
  integrate(first: number, end: number, derivatives: boolean): number;
}

/** See `LatentGaussian.factorIntegral`. */
export interface FactorIntegralOf {
  (nodes: number): FactorIntegral | null;
  /** Loads the kernel of many rows with pauses, for a call with so many nodes to find it; null where it is loaded, or takes next to no time. */
  readonly inAdvance?: (nodes: number) => Steps<void> | null;
}

/** The integral over the effects of all levels at once. Outputs are overwritten by the next. */
export interface FactorIntegral {
  /** What there is to read after an integral. */
  readonly module: Pick<
    FactorKernel,
    "mostNodes" | "patterns" | "modes" | "factors" | "moments" | "betaGradient" | "LambdaGradient"
  >;
  /**
   * The log-likelihood at beta and Lambda, all constants included, by adaptive quadrature with these nodes; NaN where it cannot be computed,
   * which may be where the general way can.
   */
  integrate(values: LatentValues, nodes: StandardNodes, wanted: WantedOfFactor): number;
  /** Where it takes long: computes it with pauses, so that `integrate` by the same arguments, if it is the next, has only to return it. Else null. */
  inAdvance(values: LatentValues, nodes: StandardNodes, wanted: WantedOfFactor): Steps<void> | null;
}
