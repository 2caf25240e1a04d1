import { log } from "../math/special/elementary.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";

/**
 * Quantile of the beta distribution at a probability inside (0, 1), by bisection: to 1e-16, as fine as a probability is. It equals R's `qbeta`, as
 * @stdlib/stats-base-dists-beta-quantile does, which would add 37 KB (gzip) to every bundle.
 */
export function betaQuantile(probability: number, a: number, b: number): number {
  const target = log(probability);
  let low = 0;
  let high = 1;
  for (let width = 0.5; width > Number.EPSILON / 2; width /= 2) {
    const middle = low + width;
    if (logIncompleteBeta(a, b, middle, 1 - middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
