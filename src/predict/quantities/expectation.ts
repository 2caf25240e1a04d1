import { exp } from "../../math/special/elementary.js";

/** How far out, in sds, a normal has next to no mass. */
const REACH = 8.5;
/** A function that grows is followed further, as long as it counts. */
const FURTHEST = 60;
const NEGLIGIBLE = 1e-17;
/** The first distance between nodes, and how often it is halved at most. */
const FIRST = 1;
const FINEST = 1e-4;
const MOST_HALVINGS = 15;
/** What a halving changes at the end, of the value or of this much where that is less: the error that is left is near its square. */
const CHANGE = 1e-7;
const SMALL = 1e-4;

/**
 * The mean of an analytic function of a normal variable by the trapezoidal rule, whose error falls exponentially with the inverse of the distance between
 * nodes (Trefethen & Weideman 2014), so that each halving of it doubles the digits. A bump that is much narrower than the sd may
 * be missed, unless `width` tells of it.
 */
export function expectation(f: (x: number) => number, mean: number, variance: number, width = Infinity): number {
  const sd = Math.sqrt(variance);
  if (!(sd > 0)) return f(mean);
  let [total, mass] = [f(mean), 1];
  /** Adds the nodes at every step on either side, from the first on. */
  const add = (first: number, step: number) => {
    for (let side = -1; side <= 1; side += 2)
      for (let z = first; z < FURTHEST; z += step) {
        const weight = exp(-0.5 * z * z);
        const term = weight * f(mean + side * sd * z);
        total += term;
        mass += weight;
        if (z > REACH && !(Math.abs(term) > NEGLIGIBLE * Math.abs(total))) break;
      }
  };
  const coarsest = Math.max(FINEST, Math.min(FIRST, (2 * width) / sd));
  add(coarsest, coarsest);
  let value = total / mass;
  for (let k = 0, step = coarsest; k < MOST_HALVINGS; k++, step /= 2) {
    add(step / 2, step);
    const before = value;
    value = total / mass;
    if (!(Math.abs(value - before) > CHANGE * Math.max(Math.abs(value), SMALL))) break;
  }
  return value;
}
