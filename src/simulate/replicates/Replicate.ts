/** A data set that was simulated and fitted: plain JSON. Numbers that there are none of are null. */
export interface Replicate {
  /** Number of the data set, from 1; it picks the random streams. */
  readonly replicate: number;
  /** Why the fit failed; null where it did not. */
  readonly failure: string | null;
  /** Whether the fit's own diagnostics trust it. */
  readonly trusted: boolean;
  /** Wall time of the fit. */
  readonly seconds: number;
  /** In the order of the quantities: the value that the data were simulated at. */
  readonly truth: readonly number[];
  /** Posterior means, or estimates of maximum likelihood; empty where the fit failed. */
  readonly estimate: readonly (number | null)[];
  /** Posterior sds or standard errors. */
  readonly sd: readonly (number | null)[];
  /** `[level][quantity]`: ends of the intervals. */
  readonly lower: readonly (readonly (number | null)[])[];
  readonly upper: readonly (readonly (number | null)[])[];
  /**
   * Where the truth lies in the posterior, uniform on (0, 1) for one that is right: its rank among thinned draws with ties and the space between two ranks filled at random, or the distribution function of a
   * marginal that is known by its density. Null by maximum likelihood.
   */
  readonly rank: readonly (number | null)[];
}

/** What all replicates of a run have in common, as plain data. */
export interface ReplicatePlan {
  /** Options of the engine that can be sent to threads. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: string;
  /** Stated values of parameters; the others come from their priors. */
  readonly stated: readonly (readonly [name: string, value: number])[];
  /** Positions of the quantities among the model's parameters and random effects. */
  readonly quantities: readonly number[];
  readonly levels: readonly number[];
  /** Draws that a truth is ranked among. */
  readonly ranked: number;
}
