import erfcx from "@stdlib/math-base-special-erfcx";
import { exp, log, log1p } from "./elementary.js";

/** log sqrt(2 pi) */
export const LOG_SQRT_TWO_PI = 0.9189385332046728;

/** Log density of the standard normal distribution. */
export function logNormalDensity(z: number): number {
  return -0.5 * z * z - LOG_SQRT_TWO_PI;
}

/** Standard normal distribution function. */
export function normalCdf(z: number): number {
  return z < 0 ? tail(-z) : 1 - tail(z);
}

/**
 * Log of the standard normal distribution function, to full relative accuracy in both tails; the upper tail at z is `logNormalCdf(-z)`. That of
 * @stdlib/stats-base-dists-normal-logcdf is off by 1.2e-13, relatively, at z = 30.
 */
export function logNormalCdf(z: number): number {
  return z < 0 ? -0.5 * z * z + log(0.5 * erfcx(-z * Math.SQRT1_2)) : log1p(-tail(z));
}

/** P(Z > z) for z >= 0. */
function tail(z: number): number {
  return 0.5 * exp(-0.5 * z * z) * erfcx(z * Math.SQRT1_2);
}

/**
 * Standard normal quantile: Wichura (1988), algorithm AS 241, PPND16; about 1e-16 relative. NaN outside [0, 1]. That of
 * @stdlib/stats-base-dists-normal-quantile is off by 4.4e-6, relatively, at a probability of 1e-13, and infinite at 1e-20.
 */
export function normalQuantile(probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(central, 0.180625 - q * q);
  const smaller = q < 0 ? probability : 1 - probability;
  if (!(smaller > 0)) return smaller === 0 ? (q < 0 ? -Infinity : Infinity) : NaN;
  const r = Math.sqrt(-log(smaller));
  const magnitude = r <= 5 ? ratio(middle, r - 1.6) : ratio(far, r - 5);
  return q < 0 ? -magnitude : magnitude;
}

/** Coefficients of a rational function, constant terms first. */
interface Rational {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

function ratio({ numerator, denominator }: Rational, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

// The tables a-b, c-d and e-f of AS 241.
const central: Rational = {
  numerator: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  denominator: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
};
const middle: Rational = {
  numerator: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  denominator: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};
const far: Rational = {
  numerator: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  denominator: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};
