import { exp } from "./elementary.js";
import { normalCdf } from "./normalDistribution.js";

/** Nodes of the double exponential rule for each unit of its variable, and how far the variable goes. */
const STEPS = 48;
const REACH = 4;

/**
 * P(Z <= z) of the density 2 phi(z) Phi(alpha z), with its digits in both tails; the upper tail is that of -z and -alpha. With T of Owen (1956) it is
 * Phi(z) - 2 T(z, alpha), both integrals of one function of the slope, which for z < 0 and alpha > 0 leaves that from alpha on.
 */
export function skewNormalCdf(z: number, alpha: number): number {
  if (z > 0) return 1 - skewNormalCdf(-z, -alpha);
  return alpha < 0 ? 2 * normalCdf(z) - beyond(z, -alpha) : beyond(z, alpha);
}

/** The integral of exp(-z^2 (1 + x^2) / 2) / (pi (1 + x^2)) from `alpha` on, in x = alpha + exp(pi / 2 sinh t) (Takahasi & Mori 1974). */
function beyond(z: number, alpha: number): number {
  let sum = 0;
  for (let i = -STEPS * REACH; i <= STEPS * REACH; i++) {
    const e = exp(i / STEPS);
    const distance = exp(0.25 * Math.PI * (e - 1 / e));
    const x = alpha + distance;
    const square = 1 + x * x;
    sum += (exp(-0.5 * z * z * square) * distance * (e + 1 / e)) / square;
  }
  return (0.25 * sum) / STEPS;
}
