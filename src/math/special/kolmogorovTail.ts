import { exp } from "./elementary.js";

/**
 * P(sqrt(n) D > t) for large n, D the largest distance between the empirical distribution function of n independent uniform values and the uniform one: Kolmogorov's
 * limit (as R's ks.test with exact = FALSE), by whichever of its two series converges fast.
 */
export function kolmogorovTail(t: number): number {
  if (!(t > 0)) return Number.isNaN(t) ? Number.NaN : 1;
  if (t < 1) {
    // 1 - sqrt(2 pi) / t sum exp(-(2 k - 1)^2 pi^2 / (8 t^2))
    let sum = 0;
    for (let k = 1; k <= 20; k += 2) sum += exp((-k * k * Math.PI * Math.PI) / (8 * t * t));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / t) * sum);
  }
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 2 : -2) * exp(-2 * k * k * t * t);
  return Math.min(1, Math.max(0, sum));
}
