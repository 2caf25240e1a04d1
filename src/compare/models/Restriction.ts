/** Something that one model lets the data determine and another, its special case, does not. */
export interface Restriction {
  /** "the random effects of Days over Subject, correlated with those of Intercept" */
  readonly what: string;
  /** Parameters that are held at a value inside of their range. */
  readonly freeDimensions: number;
  /** Parameters that are held at the end of their range: k (k + 1) / 2 for the k x k covariance of k effects that are left out. */
  readonly boundaryDimensions: number;
}

/** How a model compares with one that may be a larger one. */
export interface Inclusion {
  /** What the larger has and the smaller has not. */
  readonly restrictions: readonly Restriction[];
  /** What the smaller has and the larger has not, so that it is none of its special cases; empty where it is one. */
  readonly obstacles: readonly string[];
}
