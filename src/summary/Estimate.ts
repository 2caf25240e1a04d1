/** What is known of a number. */
export interface Estimate {
  /** The posterior median, which also a function has whose mean is infinite; or the value at the estimates of maximum likelihood. */
  readonly estimate: number;
  /** The posterior sd, or the standard error. */
  readonly sd: number;
  readonly lower: number;
  readonly upper: number;
}
