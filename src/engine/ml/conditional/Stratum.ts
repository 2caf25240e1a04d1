/** The rows of one informative group (0 < total < trials), and what a conditional likelihood needs of them. */
export interface Stratum {
  readonly rows: number;
  /** rows x p, row-major, each column centred within the stratum; the conditional likelihood does not see the centre. */
  readonly X: Float64Array;
  /** Length rows. */
  readonly offset: Float64Array;
  /** Successes or counts. */
  readonly y: Float64Array;
  /** Length rows; null for counts. */
  readonly trials: Float64Array | null;
  /** Sum of y. */
  readonly total: number;
}

/**
 * The log-likelihood of one stratum given its total, all constants kept. Adds its derivatives in beta (length p; p x p, lower
 * triangle) to what is given. NaN where it cannot be computed.
 */
export type StratumLikelihood = (
  stratum: Stratum,
  beta: Float64Array,
  gradient: Float64Array | null,
  hessian: Float64Array | null,
) => number;

/** eta = offset + X beta, up to the stratum's intercept. */
export function stratumPredictor({ rows, X, offset }: Stratum, beta: Float64Array): Float64Array {
  const p = beta.length;
  const eta = offset.slice();
  for (let i = 0; i < rows; i++) for (let a = 0; a < p; a++) eta[i] += X[i * p + a] * beta[a];
  return eta;
}
