import { exp, expm1, log, log1p } from "./elementary.js";

/** log(1 - exp(x)) for x <= 0, the log of the complement of a log probability (Maechler 2012). */
export function log1mExp(x: number): number {
  return x > -Math.LN2 ? log(-expm1(x)) : log1p(-exp(x));
}

/** log(exp(a) - exp(b)) for a >= b. */
export function logDiffExp(a: number, b: number): number {
  return a === b ? -Infinity : a + log1mExp(b - a);
}
