import { exp, log } from "./elementary.js";
import { logChoose, logGammaRatio } from "./gammaRatio.js";
import { logFactorial } from "./logFactorial.js";
import { deviance, saddlePointHeight } from "./saddlePoint.js";

/**
 * Log densities of counts. Small counts, and counts far from their mean, take the textbook sum of terms; near the mean of a
 * large count those terms cancel, and the saddle-point form of Loader (2000) has none that are large.
 */
const SMALL_COUNT = 64;

/** `mu` and its log given apart, since mu may underflow. */
export function poissonLogDensity(y: number, mu: number, logMu: number): number {
  if (y === 0) return -mu;
  if (isNear(mu, y)) return saddlePointHeight(y) - log(y) - deviance(y, mu);
  return y * logMu - mu - logFactorial(y);
}

/** For p and 1 - p by their logs; that of a side without outcomes is not looked at. */
export function binomialLogDensity(y: number, size: number, logP: number, logQ: number): number {
  const failures = size - y;
  if (y === 0) return failures === 0 ? 0 : failures * logQ;
  if (failures === 0) return y * logP;
  const expected = size * exp(logP);
  const expectedFailures = size * exp(logQ);
  if (isNear(expected, y) || isNear(expectedFailures, failures)) {
    return (
      saddlePointHeight(y) + saddlePointHeight(failures) - saddlePointHeight(size) +
      log(size / y / failures) - deviance(y, expected) - deviance(failures, expectedFailures)
    );
  }
  return logChoose(size, y) + y * logP + failures * logQ;
}
