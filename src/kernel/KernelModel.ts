/** A model with one modelled parameter, as a kernel takes it: n rows, p columns, at most one dispersion. */
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

/** A grouping factor as a kernel takes it. */
export interface KernelFactor {
  readonly levels: number;
  /** Effects per level, q. */
  readonly effects: number;
  /** Length n. */
  readonly levelIndex: Int32Array;
  /** n x q, column-major; null for q = 1 with every covariate 1. */
  readonly Z: Float64Array | null;
}
