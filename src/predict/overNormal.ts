import { exp } from "../math/special/elementary.js";

/** How far out, in sds, a normal has next to no mass; and the longest step between its nodes. */
const REACH = 8;
const LONGEST = 0.5;
/** Half the width of the strip about the line in which the inverse links are analytic and bounded, and the log of the error that is left. */
const STRIP = Math.PI / 2;
const LOG_ERROR = 25;

/**
 * The mean of a function of a normal variable with so much mean and variance, by the trapezoidal rule, whose error falls exponentially with
 * the inverse of the step for a function that is analytic in a strip about the line (Trefethen & Weideman 2014, theorem 5.1): the inverse of logit is for
 * |Im| < pi, and that of cloglog is bounded for |Im| < pi / 2.
 */
export function overNormal(f: (x: number) => number, mean: number, variance: number): number {
  const sd = Math.sqrt(variance);
  if (!(sd > 0)) return f(mean);
  const step = Math.min(LONGEST, (2 * Math.PI * STRIP) / LOG_ERROR / sd);
  const count = Math.ceil(REACH / step);
  let [total, mass] = [0, 0];
  for (let k = -count; k <= count; k++) {
    const z = k * step;
    const weight = exp(-0.5 * z * z);
    total += weight * f(mean + sd * z);
    mass += weight;
  }
  return total / mass;
}
