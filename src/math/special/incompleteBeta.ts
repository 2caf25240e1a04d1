import { log } from "./elementary.js";
import { log1mExp } from "./logProbability.js";
import { betaHeight, deviance } from "./saddlePoint.js";

/** Terms after which the continued fraction is given up as NaN. */
const MAX_TERMS = 1e6;

/**
 * log I_x(a, b), the regularised incomplete beta function; `y` is 1 - x, both in [0, 1] and given apart so that neither
 * loses digits near its end. The upper tail is `logIncompleteBeta(b, a, y, x)`. That of @stdlib/stats-base-dists-beta-logcdf is -Infinity at x = 1e-200,
 * a = 2, b = 3, where R has -919.242.
 */
export function logIncompleteBeta(a: number, b: number, x: number, y: number): number {
  const direct = x <= (a + 1) / (a + b + 2);
  return direct ? logContinuedFraction(a, b, x, y) : log1mExp(logContinuedFraction(b, a, y, x));
}

/**
 * Didonato & Morris (1992, ACM TOMS 18), equation 9, for x <= (a + 1) / (a + b + 2), with the modified Lentz algorithm. Unlike
 * the better known fraction (DLMF 8.17.22), whose even part it is, it does not cancel near x = 1.
 */
function logContinuedFraction(a: number, b: number, x: number, y: number): number {
  const excess = a * y - b * x + 1;
  let fraction = (a * excess) / (a + 1);
  let c = fraction;
  let d = 0;
  for (let m = 1, factor = 0; Math.abs(factor - 1) > 1e-15; m++) {
    if (m > MAX_TERMS) return NaN;
    const before = a + 2 * m - 1;
    const w = (m * (b - m) * x) / before;
    const numerator = ((a + m - 1) * (a + b + m - 1) * w * x) / before;
    const denominator = m + w + ((a + m) * (excess + m * (1 + y))) / (before + 2);
    d = 1 / (denominator + numerator * d);
    c = denominator + numerator / c;
    factor = c * d;
    fraction *= factor;
  }
  const kernel = betaHeight(a, b) - deviance(a, (a + b) * x) - deviance(b, (a + b) * y);
  return Math.min(0, kernel - log(fraction));
}
