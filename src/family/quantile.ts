import { findRootOutward } from "../math/optimize/findRoot.js";

/** A distribution function that is below a probability by rounding alone has reached it, as in R. */
const FUZZ = 1 - 64 * Number.EPSILON;
const TOLERANCE = 1e-13;
const MOST_EVALUATIONS = 300;

/** The smallest count at which a distribution function has reached a probability, searched for from `start` on; NaN where there is none. */
export function discreteQuantile(cdf: (y: number) => number, probability: number, start: number): number {
  const reaches = (y: number) => y >= 0 && cdf(y) >= probability * FUZZ;
  let above = start > 0 && start < Number.MAX_SAFE_INTEGER ? Math.floor(start) : 0;
  let below = above - 1;
  if (reaches(above))
    for (let step = 1; reaches(below); step *= 2) {
      above = below;
      below = Math.max(-1, below - step);
    }
  else
    for (let step = 1; !reaches(above); step *= 2) {
      below = above;
      above += step;
      if (above > Number.MAX_SAFE_INTEGER) return Number.NaN;
    }
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (reaches(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/** Where a continuous distribution function reaches a probability; `start` is near it as `spread`, a positive number, has it. NaN where it is not found. */
export function continuousQuantile(
  cdf: (y: number) => number,
  probability: number,
  start: number,
  spread: number,
): number {
  const excess = (y: number) => cdf(y) - probability;
  const step = excess(start) < 0 ? spread : -spread;
  const options = { tolerance: TOLERANCE * spread, maxEvaluations: MOST_EVALUATIONS };
  const { position, converged } = findRootOutward(excess, start, step, options);
  return converged ? position : Number.NaN;
}
