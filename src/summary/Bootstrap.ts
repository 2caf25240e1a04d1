/** The parametric bootstrap of a fit by maximum likelihood: plain data. */
export interface Bootstrap {
  readonly interval: "percentile" | "basic";
  /** Probability of the intervals. */
  readonly level: number;
  /** Data sets that were simulated at the estimates, and how many of their fits failed. */
  readonly replicates: number;
  readonly failed: number;
  readonly parameters: readonly BootstrapParameter[];
  /** Wall time of all fits together. */
  readonly seconds: number;
}

/** A parameter over the fits of simulated data. */
export interface BootstrapParameter {
  readonly name: string;
  /** The estimate from the data themselves. */
  readonly estimate: number;
  /** Fits that have an estimate of it: a correlation beside an sd of 0 has none. */
  readonly estimates: number;
  /** Mean of the estimates less that of the data, and its Monte Carlo error. */
  readonly bias: number;
  readonly biasError: number;
  /** Standard deviation of the estimates: a standard error. */
  readonly sd: number;
  readonly lower: number;
  readonly upper: number;
}
