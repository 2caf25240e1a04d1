import { exp, log, log1p } from "../special/elementary.js";
import { logFactorial } from "../special/logFactorial.js";
import type { RandomStream } from "./RandomStream.js";

// In place of @stdlib/random-base-*: 100,000 of its binomial variates of size 50 and probability 0.5 have a mean that is 45 standard errors off and 0.90 of
// the variance (size 1000, probability 0.9: 9 standard errors). Its gamma and Poisson variates have the right moments, but add 33 KB (gzip) to every bundle.

/** Up to this mean the search from 0 is short; beyond it the rejection methods hold. */
const SEARCH_MEAN = 10;

/** Gamma(shape, rate 1): Marsaglia & Tsang (2000); below shape 1 by a power of a uniform. */
export function randomGamma(stream: RandomStream, shape: number): number {
  if (!(shape > 0 && shape < Infinity)) return NaN;
  if (shape < 1) return randomGamma(stream, shape + 1) * exp(log(stream.uniform()) / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(stream.uniform()) < 0.5 * x * x + d * (1 - v + log(v))) return d * v;
  }
}

/** NaN unless 0 <= mean < Infinity. */
export function randomPoisson(stream: RandomStream, mean: number): number {
  if (!(mean >= 0 && mean < Infinity)) return NaN;
  if (mean < SEARCH_MEAN) return searchUpward(stream, exp(-mean), (k) => mean / k);
  return transformedPoisson(stream, mean);
}

/** Successes in `size` trials; NaN unless 0 <= p <= 1. */
export function randomBinomial(stream: RandomStream, size: number, p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p > 0.5) return size - randomBinomial(stream, size, 1 - p);
  if (size * p >= SEARCH_MEAN) return transformedBinomial(stream, size, p);
  const odds = p / (1 - p);
  const k = searchUpward(stream, exp(size * log1p(-p)), (k) => ((size - k + 1) / k) * odds);
  return Math.min(k, size);
}

/** Inversion from 0, where the mass is `first`; `ratio(k)` is the mass at k over that at k - 1. */
function searchUpward(stream: RandomStream, first: number, ratio: (k: number) => number): number {
  let rest = stream.uniform();
  let mass = first;
  let k = 0;
  // A uniform of 53 bits cannot tell tails of 1e-20, but the rounding of `rest` could lead past them without end.
  while (rest > mass && mass > 1e-20) {
    rest -= mass;
    k++;
    mass *= ratio(k);
  }
  return k;
}

/** PTRS of Hoermann (1993), The transformed rejection method for generating Poisson random variables; its constants. */
function transformedPoisson(stream: RandomStream, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const quickAccept = 0.9277 - 3.6224 / (b - 2);
  const logMean = log(mean);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quickAccept) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log((v * inverseAlpha) / (a / (us * us) + b)) <= k * logMean - mean - logFactorial(k)) return k;
  }
}

/** BTRS of Hoermann (1993), The generation of binomial random variates; its constants, for p <= 1/2 and size p >= 10. */
function transformedBinomial(stream: RandomStream, size: number, p: number): number {
  const spread = Math.sqrt(size * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * spread;
  const quickAccept = 0.92 - 4.2 / b;
  const logOdds = log(p / (1 - p));
  const mode = Math.floor((size + 1) * p);
  const logMass = (k: number) => (k - mode) * logOdds - logFactorial(k) - logFactorial(size - k);
  const atMode = logMass(mode);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + size * p + 0.5);
    if (k < 0 || k > size) continue;
    if (us >= 0.07 && v <= quickAccept) return k;
    if (log((v * alpha) / (a / (us * us) + b)) <= logMass(k) - atMode) return k;
  }
}
