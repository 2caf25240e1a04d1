import { log } from "./elementary.js";
import { log1mExp } from "./logProbability.js";
import { deviance, saddlePointHeight } from "./saddlePoint.js";

/** Terms after which the continued fraction is given up as NaN. */
const MAX_TERMS = 1e6;
/** What the modified Lentz algorithm puts for a zero denominator. */
const TINY = 1e-300;

/**
 * log I_x(a, b), the regularised incomplete beta function; `y` is 1 - x, both in [0, 1] and given apart so that neither
 * loses digits near its end. The upper tail is `logIncompleteBeta(b, a, y, x)`.
 */
export function logIncompleteBeta(a: number, b: number, x: number, y: number): number {
  const direct = x <= (a + 1) / (a + b + 2);
  return direct ? logContinuedFraction(a, b, x, y) : log1mExp(logContinuedFraction(b, a, y, x));
}

/** log(x^a y^b / B(a, b)) */
export function logBetaKernel(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const height = saddlePointHeight(a) + saddlePointHeight(b) - saddlePointHeight(n);
  return height - deviance(a, n * x) - deviance(b, n * y);
}

/** DLMF 8.17.22, which converges fast for x < (a + 1) / (a + b + 2), with the modified Lentz algorithm. */
function logContinuedFraction(a: number, b: number, x: number, y: number): number {
  let c = 1;
  let d = 1;
  let fraction = 1;
  const step = (numerator: number): number => {
    d = 1 / nonZero(1 + numerator * d);
    c = nonZero(1 + numerator / c);
    fraction *= c * d;
    return c * d;
  };
  d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  fraction = d;
  for (let m = 1, factor = 0; Math.abs(factor - 1) > 1e-15; m++) {
    if (m > MAX_TERMS) return NaN;
    const even = a + 2 * m;
    step((m * (b - m) * x) / ((even - 1) * even));
    factor = step((-(a + m) * (a + b + m) * x) / (even * (even + 1)));
  }
  return Math.min(0, logBetaKernel(a, b, x, y) + log(fraction / a));
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
