import { exp } from "../math/special/elementary.js";

/** How far out, in sds, a normal has next to no mass; and the longest step between its nodes. */
const REACH = 8;
const LONGEST = 0.5;
/** Half the width of the strip about the line in which the inverse links are analytic and bounded, and the log of the error that is left. */
const STRIP = Math.PI / 2;
const LOG_ERROR = 25;

/** Nodes z = k step of the standard normal distribution, k from `first` to `last`, and their weights, which sum to about 1 / step. */
export interface NormalNodes {
  readonly step: number;
  readonly first: number;
  readonly last: number;
  weight(k: number): number;
}

/** exp(-z^2 / 2) at multiples of the longest step. */
const weightsAtLongest = Float64Array.from({ length: REACH / LONGEST + 1 }, (_, k) => exp(-0.5 * (k * LONGEST) ** 2));

/**
 * Nodes and weights of the trapezoidal rule, whose error falls exponentially with the inverse of the step for a function that is analytic in a strip about the line (Trefethen & Weideman 2014, theorem
 * 5.1): the inverse of logit is for |Im| < pi, and that of cloglog is bounded for |Im| < pi / 2. `growth`: the function of x = mean + sd z grows no faster than exp(growth x).
 */
export function normalNodes(sd: number, growth = 0): NormalNodes {
  const step = Math.min(LONGEST, (2 * Math.PI * STRIP) / LOG_ERROR / sd);
  const count = Math.ceil(REACH / step);
  const atStep = (k: number) => exp(-0.5 * (k * step) * (k * step));
  return {
    step,
    first: -count,
    // The mass of the function times the density lies up to growth sd higher than that of the density.
    last: Math.ceil((REACH + growth * sd) / step),
    weight: step === LONGEST ? (k) => weightsAtLongest[Math.abs(k)] ?? atStep(k) : atStep,
  };
}

/** The mean of a function of a normal variable with so much mean and variance. */
export function overNormal(f: (x: number) => number, mean: number, variance: number, growth = 0): number {
  const sd = Math.sqrt(variance);
  if (!(sd > 0)) return f(mean);
  const { step, first, last, weight } = normalNodes(sd, growth);
  let [total, mass] = [0, 0];
  for (let k = first; k <= last; k++) {
    const w = weight(k);
    total += w * f(mean + sd * (k * step));
    mass += w;
  }
  return total / mass;
}
