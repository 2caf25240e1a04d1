/** What a likelihood-ratio statistic is distributed as under the smaller model, by simulation. */
export interface SimulatedReference {
  /** Whether the statistics are those of responses that are simulated from the smaller model and fitted by both, or of the exact distribution of one variance's test in a linear mixed model. */
  readonly kind: "bootstrap" | "exact";
  /** Whether other variances are taken for known (Greven et al. 2008): the distribution is that of a model without them. */
  readonly isApproximate: boolean;
  /** Statistics that were simulated. */
  readonly replicates: number;
  /** Fits that failed, which are left out, and those that may not be at their maximum. */
  readonly failed: number;
  readonly untrusted: number;
  /** Statistics as large as that of the data. */
  readonly larger: number;
  /** (larger + 1) / (replicates + 1), which is valid whatever the number of replicates (Davison & Hinkley 1997, 4.2). */
  readonly pValue: number;
  /** Monte Carlo standard error of the p value. */
  readonly error: number;
  /** Share of statistics that are zero, as where a variance is estimated as zero. */
  readonly zeros: number;
}
