import { exp, log } from "../math/special/elementary.js";
import { logBetaKernel, logIncompleteBeta } from "../math/special/incompleteBeta.js";

const MAX_ITERATIONS = 200;
const RELATIVE_TOLERANCE = 1e-13;

/** Quantile of the beta distribution at a probability inside (0, 1): Newton's method on the log probability, kept in a bracket by bisection. */
export function betaQuantile(probability: number, a: number, b: number): number {
  const target = log(probability);
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const logProbability = logIncompleteBeta(a, b, x, 1 - x);
    if (logProbability < target) low = x;
    else high = x;
    const slope = exp(logBetaKernel(a, b, x, 1 - x) - logProbability) / (x * (1 - x));
    const newton = x - (logProbability - target) / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= RELATIVE_TOLERANCE * x) return next;
    x = next;
  }
  return x;
}
