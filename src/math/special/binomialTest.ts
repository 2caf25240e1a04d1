import { exp, log } from "./elementary.js";
import { logChoose } from "./gammaRatio.js";

/** Counts whose probability exceeds that of the observed one by rounding alone are as unlikely as it. */
const ROUNDING = 1e-7;

/** The probability of counts that are no more likely than the observed one, of so many trials with this probability: the exact two-sided test, as R's binom.test. */
export function binomialTest(count: number, trials: number, probability: number): number {
  if (probability <= 0) return count === 0 ? 1 : 0;
  if (probability >= 1) return count === trials ? 1 : 0;
  const logs = [log(probability), log(1 - probability)];
  const density = (k: number) => exp(logChoose(trials, k) + k * logs[0] + (trials - k) * logs[1]);
  const limit = density(count) * (1 + ROUNDING);
  let total = 0;
  for (let k = 0; k <= trials; k++) {
    const one = density(k);
    if (one <= limit) total += one;
  }
  return Math.min(1, total);
}
