import { log, log1p, log1pMinusX } from "./elementary.js";
import { logFactorial } from "./logFactorial.js";
import { stirlingError } from "./saddlePoint.js";

/** From here on seven terms of Stirling's series give a double (the next is below 3e-17). */
const STIRLING_START = 10;
/** Up to here the product of the rising factorial is shorter than Stirling's series, and exact. */
const SHORT_PRODUCT = 8;

/**
 * log(Gamma(a + y) / (Gamma(a) a^y)) for a > 0, y >= 0, the scaled rising factorial: without cancellation, so that it tends to 0
 * as a grows, and the negative binomial distribution with it to the Poisson distribution.
 */
export function logGammaRatio(a: number, y: number): number {
  if (y <= SHORT_PRODUCT && Number.isInteger(y) && a > 1e-30) return log1p(productExcess(a, y));
  if (a >= STIRLING_START) return stirlingRatio(a, y);
  const shift = Math.ceil(STIRLING_START - a);
  let quotient = 1;
  for (let i = 0; i < shift; i++) quotient *= (a + i) / (a + y + i);
  return stirlingRatio(a + shift, y) + y * log1p(shift / a) + log(quotient);
}

/** d logGammaRatio / da = digamma(a + y) - digamma(a) - y / a */
export function logGammaRatioDerivative(a: number, y: number): number {
  let sum = 0;
  if (y <= SHORT_PRODUCT && Number.isInteger(y)) {
    for (let i = 1; i < y; i++) sum -= i / (a + i);
    return sum / a;
  }
  if (a >= STIRLING_START) return stirlingRatioDerivative(a, y);
  const shift = Math.ceil(STIRLING_START - a);
  for (let i = 0; i < shift; i++) sum += y / ((a + i) * (a + y + i));
  return stirlingRatioDerivative(a + shift, y) - (y * shift) / (a * (a + shift)) + sum;
}

/** log of the binomial coefficient of whole n >= k >= 0. */
export function logChoose(n: number, k: number): number {
  const smaller = Math.min(k, n - k);
  const first = n - smaller + 1;
  return logGammaRatio(first, smaller) + smaller * log(first) - logFactorial(smaller);
}

/** (1 + 1/a) (1 + 2/a) ... (1 + (y - 1)/a) - 1 */
function productExcess(a: number, y: number): number {
  let excess = 0;
  for (let i = 1; i < y; i++) excess += (i / a) * (1 + excess);
  return excess;
}

function stirlingRatio(a: number, y: number): number {
  const t = y / a;
  const leading = t < 0.4 ? (a + y - 0.5) * log1pMinusX(t) + (y - 0.5) * t : (a + y - 0.5) * log1p(t) - y;
  return leading + stirlingError(a + y) - stirlingError(a);
}

function stirlingRatioDerivative(a: number, y: number): number {
  return log1pMinusX(y / a) + y / (2 * a * (a + y)) + digammaSeries(a + y) - digammaSeries(a);
}

/** digamma(x) - (log x - 1 / (2 x)), the derivative of `stirlingError`, for x >= STIRLING_START. */
function digammaSeries(x: number): number {
  const r = 1 / (x * x);
  const rest = 1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12)));
  return -r * (1 / 12 - r * (1 / 120 - r * rest));
}
