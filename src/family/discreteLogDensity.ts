import { exp, log, log1p } from "../math/special/elementary.js";
import { logChoose, logGammaRatio } from "../math/special/gammaRatio.js";
import { logFactorial } from "../math/special/logFactorial.js";
import { deviance, saddlePointHeight } from "../math/special/saddlePoint.js";

/**
 * Log densities of counts. Small ones are the textbook sum of terms; in large ones these terms cancel, and the saddle-point
 * form of Loader (2000), which has no large terms near the mean, takes over. @stdlib/stats-base-dists-* sum the terms: at a mean and count of 1e15 its Poisson
 * has -16, where R has -18.188; its binomial is off by 2.3e-8, relatively, at 5e8 of 1e9, and its negative binomial by 4.7e-4 at 3, size 1e15, mean 2.
 */
const SMALL_COUNT = 64;

/** The mean and its log are given apart, since the mean may underflow or overflow. */
export function poissonLogDensity(y: number, mu: number, logMu: number): number {
  if (y === 0) return -mu;
  if (y < SMALL_COUNT || !isModerate(mu)) return y * logMu - mu - logFactorial(y);
  return saddlePointHeight(y) - log(y) - deviance(y, mu);
}

/** By the logs of p and 1 - p; that of a side without outcomes may be anything. */
export function binomialLogDensity(y: number, size: number, logP: number, logQ: number): number {
  const failures = size - y;
  if (y === 0) return failures === 0 ? 0 : failures * logQ;
  if (failures === 0) return y * logP;
  const expected = size * exp(logP);
  const expectedFailures = size * exp(logQ);
  if (size < SMALL_COUNT || !isModerate(expected) || !isModerate(expectedFailures)) {
    return logChoose(size, y) + y * logP + failures * logQ;
  }
  const height = saddlePointHeight(y) + saddlePointHeight(failures) - saddlePointHeight(size);
  return height + log(size / y / failures) - deviance(y, expected) - deviance(failures, expectedFailures);
}

/** phi: the size, variance mu + mu^2 / phi. */
export function negativeBinomialLogDensity(y: number, mu: number, logMu: number, phi: number): number {
  const logRatio = log1pRatio(mu, logMu, phi);
  if (y === 0) return -phi * logRatio;
  if (y < SMALL_COUNT || !isModerate(mu)) {
    return y * logMu - (y + phi) * logRatio + logGammaRatio(phi, y) - logFactorial(y);
  }
  const total = y + phi;
  const height = saddlePointHeight(y) + saddlePointHeight(phi) - saddlePointHeight(total);
  const share = total / (mu + phi);
  return height - log(y) - deviance(y, mu * share) - deviance(phi, phi * share);
}

/** log(1 + mu / phi), also where the quotient overflows. */
export function log1pRatio(mu: number, logMu: number, phi: number): number {
  const ratio = mu / phi;
  return ratio < 1e17 ? log1p(ratio) : logMu - log(phi);
}

/** Neither so small nor so large that a product with it leaves the doubles. */
function isModerate(x: number): boolean {
  return x > 1e-200 && x < 1e200;
}
