import { mean } from "./moments.js";
import { exp, expm1, log, log1p } from "./special/elementary.js";

/** The distribution of excesses over a threshold, with tail function (1 + k x / sigma)^(-1 / k). */
export interface GeneralizedPareto {
  /** Above 0 a heavy tail with moments up to order 1 / k, below 0 a bounded one. Infinity where there is no fit. */
  readonly k: number;
  readonly sigma: number;
}

/** The fewest points of the grid, and the scale of the prior on it (Zhang & Stephens 2009, section 3). */
const LEAST_GRID = 30;
const PRIOR_SCALE = 3;

/**
 * Fits excesses, ascending and not negative, by the empirical Bayes estimate of Zhang & Stephens (2009, "A new and efficient
 * estimation method for the generalized Pareto distribution", Technometrics 51). There, and in the names here, theta = -k / sigma.
 */
export function fitGeneralizedPareto(excesses: Float64Array): GeneralizedPareto {
  const n = excesses.length;
  const points = LEAST_GRID + Math.floor(Math.sqrt(n));
  const quartile = excesses[Math.floor(n / 4 + 0.5) - 1];
  const thetas = Float64Array.from({ length: points }, (_, j) => {
    return 1 / excesses[n - 1] + (1 - Math.sqrt(points / (j + 0.5))) / (PRIOR_SCALE * quartile);
  });
  const logLikelihoods = thetas.map((theta) => {
    const k = shapeAt(theta, excesses);
    return n * (log(-theta / k) - k - 1);
  });
  const most = logLikelihoods.reduce((a, b) => Math.max(a, b));
  const weights = logLikelihoods.map((value) => exp(value - most));
  const theta = mean(thetas.map((value, j) => value * weights[j])) / mean(weights);
  const k = shapeAt(theta, excesses);
  return Number.isFinite(k) ? { k, sigma: -k / theta } : { k: Number.POSITIVE_INFINITY, sigma: Number.NaN };
}

/** The maximum likelihood estimate of k given theta. */
function shapeAt(theta: number, excesses: Float64Array): number {
  return mean(excesses.map((x) => log1p(-theta * x)));
}

/** The excess that is exceeded with probability 1 - p. */
export function generalizedParetoQuantile(p: number, { k, sigma }: GeneralizedPareto): number {
  const exponential = -log1p(-p);
  return k === 0 ? sigma * exponential : (sigma * expm1(k * exponential)) / k;
}
