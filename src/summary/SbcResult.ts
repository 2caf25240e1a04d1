/** How fits of simulated data do against the values that these were simulated at: plain data. */
export interface SbcResult {
  readonly engine: string;
  /** Data sets that were simulated, and those whose fit failed. */
  readonly replicates: number;
  readonly failed: readonly SbcFailure[];
  /** Fits that their own diagnostics do not trust; they count as the others. */
  readonly untrusted: number;
  /** Names of parameters that were stated; the others were drawn from their priors. */
  readonly stated: readonly string[];
  /** Probabilities of the intervals whose coverage is told. */
  readonly levels: readonly number[];
  /** Null where ranks have no distribution to be held to: by maximum likelihood, and where values were stated. */
  readonly ranks: RankTest | null;
  readonly quantities: readonly SbcQuantity[];
  /** One a coefficient whose value was stated as an effect. */
  readonly effects: readonly EffectPower[];
  /** Wall time of all fits together. */
  readonly seconds: number;
}

/** A message with how many fits failed by it. */
export interface SbcFailure {
  readonly message: string;
  readonly count: number;
}

/** The simultaneous bands of the ranks of all quantities. */
export interface RankTest {
  /** Probability that a calibrated posterior leaves any of the bands. */
  readonly alpha: number;
  /** Extremities below this are outside a band: one band a quantity (Bonferroni). */
  readonly edge: number;
  /** Draws that truths were ranked among. */
  readonly ranked: number;
  readonly passed: boolean;
}

/** How one quantity is recovered. Estimates are posterior means or those of maximum likelihood. */
export interface SbcQuantity {
  readonly name: string;
  /** Fits that have an estimate of it. */
  readonly estimates: number;
  /** Mean of estimate - truth, and its Monte Carlo standard error. */
  readonly bias: number;
  readonly biasError: number;
  /** Root of the mean of (estimate - truth)^2. */
  readonly rmse: number;
  /** One a level. */
  readonly coverage: readonly IntervalCoverage[];
  readonly ranks: QuantityRanks | null;
}

/** How often intervals hold the truth, with Wilson's 95% interval of that probability. */
export interface IntervalCoverage {
  readonly level: number;
  /** Fits that have an interval, and those whose interval holds the truth. */
  readonly intervals: number;
  readonly covered: number;
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
}

/** The ranks of the truths of a quantity, in parts of equal probability. */
export interface QuantityRanks {
  readonly counts: readonly number[];
  /** The smallest two-sided probability of so few or so many ranks below the end of a part. */
  readonly extremity: number;
  readonly inside: boolean;
  /** What ranks outside the band look like: posteriors that lie too low or too high, or are too narrow or too wide. */
  readonly shape: "too low" | "too high" | "too narrow" | "too wide" | null;
}

/** What a study would find of a coefficient that is as stated. Significant: the interval does not hold 0. */
export interface EffectPower {
  readonly name: string;
  readonly value: number;
  /** Level of the intervals. */
  readonly level: number;
  /** Fits with an interval, and the share of them that is significant, with Wilson's 95% interval. */
  readonly intervals: number;
  readonly power: number;
  readonly lower: number;
  readonly upper: number;
  /** Errors of significant estimates: the share with the wrong sign, and the mean of |estimate| / |value|; NaN where none is, or the value is 0. */
  readonly typeS: number;
  readonly typeM: number;
}
