import { log } from "./elementary.js";
import { log1mExp } from "./logProbability.js";
import { deviance, saddlePointHeight } from "./saddlePoint.js";

/** Terms after which a series or continued fraction that has not converged is given up as NaN; near x = a they need some 10 sqrt(a). */
const MAX_TERMS = 1e6;

/**
 * log P(a, x), the regularised lower incomplete gamma function, for a > 0 and x >= 0. That of @stdlib/stats-base-dists-gamma-logcdf is -Infinity at
 * a = 200, x = 1, where R has -864.227.
 */
export function logLowerGamma(a: number, x: number): number {
  return x < a + 1 ? logSeries(a, x) : log1mExp(logContinuedFraction(a, x));
}

/** log Q(a, x) = log(1 - P(a, x)) */
export function logUpperGamma(a: number, x: number): number {
  return x < a + 1 ? log1mExp(logSeries(a, x)) : logContinuedFraction(a, x);
}

/** P(a, x) = x^a exp(-x) / Gamma(a + 1) (1 + x / (a + 1) + x^2 / ((a + 1) (a + 2)) + ...): DLMF 8.11.4. */
function logSeries(a: number, x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    if (n > MAX_TERMS) return NaN;
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(0, saddlePointHeight(a) - deviance(a, x) + log(sum / a));
}

/** Q(a, x) by Legendre's continued fraction, DLMF 8.9.2 contracted, with the modified Lentz algorithm. */
function logContinuedFraction(a: number, x: number): number {
  if (x === Infinity) return -Infinity;
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1, factor = 0; Math.abs(factor - 1) > 1e-15; n++) {
    if (n > MAX_TERMS) return NaN;
    const an = n * (a - n);
    b += 2;
    d = 1 / (b + an * d);
    c = b + an / c;
    factor = c * d;
    fraction *= factor;
  }
  return Math.min(0, saddlePointHeight(a) - deviance(a, x) + log(fraction));
}
