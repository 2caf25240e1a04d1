import { log, log1p, log1pMinusX } from "./elementary.js";
import { lgamma } from "./lgamma.js";
import { LOG_SQRT_TWO_PI } from "./normalDistribution.js";

/**
 * Gamma, beta and binomial densities without cancellation (Loader 2000, Fast and accurate computation of binomial
 * probabilities), with n = a + b and y = 1 - x:
 *
 *     x^a exp(-x) / Gamma(a) = exp(saddlePointHeight(a) - deviance(a, x))
 *     x^a y^b / B(a, b) = exp(betaHeight(a, b) - deviance(a, n x) - deviance(b, n y))
 *
 * @stdlib/stats-base-dists-beta-logpdf is off by 1.4e-9 at x = 0.5 for a = b = 1e8, and its -invgamma-logpdf by 7e-6 at x = 1 for shape and scale 1e10.
 */

/** x - a - a log(x / a) for a > 0, x >= 0: zero at x = a and positive elsewhere. */
export function deviance(a: number, x: number): number {
  const excess = (x - a) / a;
  if (Math.abs(excess) < 0.5) return -a * log1pMinusX(excess);
  return x === Infinity ? Infinity : x - a - a * log(x / a);
}

/** log(a^a exp(-a) / Gamma(a)) */
export function saddlePointHeight(a: number): number {
  return 0.5 * log(a) - LOG_SQRT_TWO_PI - stirlingError(a);
}

/** log(p^a q^b / B(a, b)) for p = a / (a + b), q = b / (a + b) */
export function betaHeight(a: number, b: number): number {
  return saddlePointHeight(a) + saddlePointHeight(b) - saddlePointHeight(a + b);
}

/** log B(a, b) */
export function logBeta(a: number, b: number): number {
  return -betaHeight(a, b) - a * log1p(b / a) - b * log1p(a / b);
}

/** log Gamma(a) less Stirling's formula for it, (a - 1/2) log a - a + log sqrt(2 pi). */
export function stirlingError(a: number): number {
  if (a < 10) return lgamma(a) - (a - 0.5) * log(a) + a - LOG_SQRT_TWO_PI;
  const r = 1 / (a * a);
  const rest = 1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r / 156)));
  return (1 / 12 - r * (1 / 360 - r * rest)) / a;
}
