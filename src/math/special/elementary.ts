/**
 * exp, log and their kin with the same bits on every platform: only + - * /, a table of powers of two and one view of
 * a double's exponent. `Math.exp` and its like differ in the last bit between browsers, and every draw depends on them.
 * exp, expm1, log and log1p are the nearest double or its neighbour.
 */

/** ln 2 in two parts; the first has 32 bits, so that k * LN2_HIGH is exact for every exponent k (fdlibm, e_exp.c). */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** 1.5 * 2^52: adding and subtracting it rounds a double to the nearest integer. */
const ROUNDER = 6755399441055744;
const MIN_EXPONENT = -1022;
const MAX_EXPONENT = 1023;
/** Upper 32 bits of sqrt(1/2): measured from them, the exponent leaves a mantissa in [sqrt(1/2), sqrt(2)). */
const SQRT_HALF_HIGH = 0x3fe6a09e;

/** 2^k for the normal exponents, at index k - MIN_EXPONENT. */
const powersOfTwo = makePowersOfTwo();
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const highWord = new Int32Array(new Float64Array([1]).buffer)[1] === 0 ? 0 : 1;

export function exp(x: number): number {
  if (!(x > -708 && x < 709)) return expExtreme(x);
  const k = x * Math.LOG2E + ROUNDER - ROUNDER;
  return mantissaOfExp(x, k) * powerOfTwo(k);
}

export function expm1(x: number): number {
  if (Math.abs(x) < 0.34) return x + expCurvature(x);
  if (!(x > -40 && x < 40)) return exp(x) - 1;
  const k = x * Math.LOG2E + ROUNDER - ROUNDER;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const rTail = high - r - low;
  const scale = powerOfTwo(k);
  const sum = scale - 1 + scale * r;
  const sumTail = scale * r - (sum - (scale - 1));
  return sum + (sumTail + scale * (expCurvature(r) + rTail));
}

/** Natural logarithm; NaN below zero. */
export function log(x: number): number {
  if (!(x > 2.3e-308 && x < 6e307)) return logExtreme(x);
  const k = exponent(x);
  return assembleLog(k, mantissa(x, k) - 1, 0);
}

/** log(1 + x); NaN below -1. */
export function log1p(x: number): number {
  if (x > -0.29 && x < 0.41) return assembleLog(0, x, 0);
  const sum = 1 + x;
  if (!(sum > 0 && sum < 1e16)) return log(sum);
  const k = exponent(sum);
  const lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
  return assembleLog(k, mantissa(sum, k) - 1, lost / sum);
}

/** exp(x) - 1 - x, without cancellation. */
export function expm1MinusX(x: number): number {
  return Math.abs(x) < 0.34 ? expCurvature(x) : expm1(x) - x;
}

/** log(1 + x) - x, without cancellation. */
export function log1pMinusX(x: number): number {
  return x > -0.29 && x < 0.41 ? -logCurvature(x) : log1p(x) - x;
}

/** log(1 + exp(x)) */
export function log1pexp(x: number): number {
  return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
}

export function tanh(x: number): number {
  const t = expm1(-2 * Math.abs(x));
  const magnitude = -t / (t + 2);
  return x > 0 ? magnitude : -magnitude;
}

/** log(p / (1 - p)) */
export function logit(p: number): number {
  return p > 0.25 && p < 0.75 ? log1p((2 * p - 1) / (1 - p)) : log(p / (1 - p));
}

/** 1 / (1 + exp(-x)) */
export function inverseLogit(x: number): number {
  const e = exp(-Math.abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/** exp(r) - 1 - r for |r| < 0.35: the Taylor series to r^13, as pairs of pairs so that the terms do not wait for one another. */
function expCurvature(r: number): number {
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = 1 / 2 + r / 6 + r2 * (1 / 24 + r / 120);
  const middle = 1 / 720 + r / 5040 + r2 * (1 / 40320 + r / 362880);
  const high = 1 / 3628800 + r / 39916800 + r2 * (1 / 479001600 + r / 6227020800);
  return r2 * (low + r4 * (middle + r4 * high));
}

/** exp(x) / 2^k for k = round(x / ln 2). */
function mantissaOfExp(x: number, k: number): number {
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  return 1 + (high - (low - expCurvature(high - low)));
}

/** exp where 2^k is no normal double: scaled in two steps, so that the result is rounded once. */
function expExtreme(x: number): number {
  if (x > 710) return Infinity;
  if (x < -746) return 0;
  const k = x * Math.LOG2E + ROUNDER - ROUNDER;
  const step = x > 0 ? 1000 : -1000;
  return mantissaOfExp(x, k) * powerOfTwo(k - step) * powerOfTwo(step);
}

function logExtreme(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0 && x < Infinity)) return x > 0 ? x : NaN;
  const step = x < 1 ? 100 : -100;
  const scaled = x * powerOfTwo(step);
  const k = exponent(scaled);
  return assembleLog(k - step, mantissa(scaled, k) - 1, 0);
}

/** k ln 2 + log(1 + f) + c for small c and f in [sqrt(1/2) - 1, sqrt(2) - 1]. */
function assembleLog(k: number, f: number, c: number): number {
  return k * LN2_HIGH - (logCurvature(f) - (k * LN2_LOW + c) - f);
}

/**
 * f - log(1 + f) for f in [sqrt(1/2) - 1, sqrt(2) - 1]: with s = f / (2 + f), log(1 + f) = 2 atanh(s), the Taylor series to s^21,
 * whose leading term is written as f - f^2/2 + s f^2/2 to keep the digits of f (fdlibm, e_log.c).
 */
function logCurvature(f: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const z2 = z * z;
  const z4 = z2 * z2;
  const low = 2 / 3 + z * (2 / 5) + z2 * (2 / 7 + z * (2 / 9));
  const middle = 2 / 11 + z * (2 / 13) + z2 * (2 / 15 + z * (2 / 17));
  const rest = z * (low + z4 * (middle + z4 * (2 / 19 + z * (2 / 21))));
  const halfSquare = 0.5 * f * f;
  return halfSquare - s * (halfSquare + rest);
}

/** k such that x / 2^k lies in [sqrt(1/2), sqrt(2)), for positive normal x. */
function exponent(x: number): number {
  double[0] = x;
  return (words[highWord] - SQRT_HALF_HIGH) >> 20;
}

/** x / 2^k */
function mantissa(x: number, k: number): number {
  return x * powersOfTwo[-MIN_EXPONENT - k];
}

/** 2^k for whole k from -1022 to 1023. */
function powerOfTwo(k: number): number {
  return powersOfTwo[(k - MIN_EXPONENT) | 0];
}

function makePowersOfTwo(): Float64Array {
  const powers = new Float64Array(MAX_EXPONENT - MIN_EXPONENT + 1);
  powers[-MIN_EXPONENT] = 1;
  for (let k = 1; k <= MAX_EXPONENT; k++) powers[k - MIN_EXPONENT] = 2 * powers[k - 1 - MIN_EXPONENT];
  for (let k = -1; k >= MIN_EXPONENT; k--) powers[k - MIN_EXPONENT] = powers[k + 1 - MIN_EXPONENT] / 2;
  return powers;
}
