import type { BootstrapRecord } from "../../engine/ml/Estimates.js";

/** The parametric bootstrap of a fit by maximum likelihood: plain data. */
export interface BootstrapResult extends Omit<BootstrapRecord, "estimates"> {
  /** Probability of the intervals. */
  readonly level: number;
  readonly parameters: readonly BootstrapRow[];
  /** Of what was computed from each fit; empty where nothing was asked for. */
  readonly statistics: readonly BootstrapRow[];
}

/** A parameter, or another number, over the fits of simulated responses. */
export interface BootstrapRow {
  readonly name: string;
  /** From the data themselves. */
  readonly estimate: number;
  /** Fits that have a value of it: a correlation beside an sd of 0 has none. */
  readonly estimates: number;
  /** Mean of the values less that of the data, and its Monte Carlo error. */
  readonly bias: number;
  readonly biasError: number;
  /** Standard deviation of the values: a standard error. */
  readonly sd: number;
  readonly lower: number;
  readonly upper: number;
}
