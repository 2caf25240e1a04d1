import { findRoot } from "../../../math/optimize/findRoot.js";
import { inverseLogit, log, log1pexp, logit } from "../../../math/special/elementary.js";
import { logChoose } from "../../../math/special/gammaRatio.js";
import { type Stratum, type StratumLikelihood, stratumPredictor } from "./Stratum.js";

/**
 * Binary rows given their number of successes m: exp(sum y eta) over the elementary symmetric function of order m of exp(eta)
 * (Cox & Snell, 1989, 2.1.3), by its recursion (Gail, Lubin & Rubinstein, 1981); a binomial row is as many equal trials.
 *
 * It holds for any intercept c: P(y) / P(sum y = m) with independent trials of probability inverseLogit(eta + c). With the c at
 * which m is expected, the numbers of the recursion are probabilities, none is subtracted, and the last is no smaller than
 * about 1 / (trials + 1): nothing overflows, and what underflows does not count.
 */
export const symmetricFunctions: StratumLikelihood = (stratum, beta, gradient, hessian) => {
  const { rows, y, total } = stratum;
  const eta = stratumPredictor(stratum, beta);
  const trialsOf = (i: number) => stratum.trials?.[i] ?? 1;
  const c = intercept(eta, trialsOf, total);
  let value = 0;
  for (let i = 0; i < rows; i++) {
    eta[i] += c;
    value += y[i] * eta[i] - trialsOf(i) * log1pexp(eta[i]) + logChoose(trialsOf(i), y[i]);
  }
  const order = hessian !== null ? 2 : gradient !== null ? 1 : 0;
  const { F, D, D2 } = sumOfTrials(stratum, eta, trialsOf, order);
  if (order > 0) addDerivatives(stratum, { F, D, D2 }, gradient, hessian);
  return value - log(F);
};

/** P(S = m), E[T; S = m] and E[T T'; S = m] for S the number of successes and T the sum of their rows of X. */
interface Moments {
  readonly F: number;
  readonly D: Float64Array;
  /** Lower triangle. */
  readonly D2: Float64Array;
}

/** Brings the expected number of successes within a tenth of m: any c is right, this one is safe. */
function intercept(eta: Float64Array, trialsOf: (i: number) => number, total: number): number {
  let [least, most, trials] = [Infinity, -Infinity, 0];
  eta.forEach((value, i) => {
    least = Math.min(least, value);
    most = Math.max(most, value);
    trials += trialsOf(i);
  });
  if (!(most - least > 0)) return logit(total / trials) - most;
  const excess = (c: number) => eta.reduce((sum, value, i) => sum + trialsOf(i) * inverseLogit(value + c), -total);
  const centre = logit(total / trials);
  return findRoot(excess, centre - most, centre - least, { valueTolerance: 0.1 }).position;
}

/**
 * Trial by trial, in place from the largest sum down. Of the sums k that can be reached only those are kept from which m can
 * still be reached. The hot loop of the method: O(trials x min(m, trials - m)) times p^2 / 2 for the second order.
 */
function sumOfTrials(
  { rows, X, total: m }: Stratum,
  eta: Float64Array,
  trialsOf: (i: number) => number,
  order: 0 | 1 | 2,
): Moments {
  const p = X.length / rows;
  const F = new Float64Array(m + 1);
  const D = new Float64Array(order > 0 ? (m + 1) * p : 0);
  const D2 = new Float64Array(order > 1 ? (m + 1) * p * p : 0);
  let left = 0;
  for (let i = 0; i < rows; i++) left += trialsOf(i);
  let done = 0;
  F[0] = 1;
  for (let i = 0; i < rows; i++) {
    const success = inverseLogit(eta[i]);
    const failure = inverseLogit(-eta[i]);
    const x = i * p;
    for (let trial = trialsOf(i); trial > 0; trial--) {
      done++;
      left--;
      const lowest = Math.max(0, m - left);
      for (let k = Math.min(done, m); k >= lowest; k--) {
        const before = k === 0 ? 0 : F[k - 1];
        const at = k * p;
        if (order > 1)
          for (let a = 0; a < p; a++)
            for (let b = 0; b <= a; b++) {
              const entry = (at + a) * p + b;
              let more = 0;
              if (k > 0) {
                const [first, second] = [D[at - p + a], D[at - p + b]];
                more = D2[entry - p * p] + X[x + a] * second + X[x + b] * first + X[x + a] * X[x + b] * before;
              }
              D2[entry] = failure * D2[entry] + success * more;
            }
        if (order > 0)
          for (let a = 0; a < p; a++) {
            const more = k === 0 ? 0 : D[at - p + a] + X[x + a] * before;
            D[at + a] = failure * D[at + a] + success * more;
          }
        F[k] = failure * F[k] + success * before;
      }
    }
  }
  return { F: F[m], D: D.subarray(m * p), D2: D2.subarray(m * p * p) };
}

/** The gradient of log F(m) is E[T | S = m], its Hessian Var(T | S = m). */
function addDerivatives(
  { rows, X, y }: Stratum,
  { F, D, D2 }: Moments,
  gradient: Float64Array | null,
  hessian: Float64Array | null,
): void {
  const p = X.length / rows;
  for (let a = 0; a < p; a++) {
    if (gradient !== null) {
      for (let i = 0; i < rows; i++) gradient[a] += y[i] * X[i * p + a];
      gradient[a] -= D[a] / F;
    }
    if (hessian !== null)
      for (let b = 0; b <= a; b++) hessian[a * p + b] -= D2[a * p + b] / F - (D[a] / F) * (D[b] / F);
  }
}
