import { exp, log } from "../../../math/special/elementary.js";
import { logFactorial } from "../../../math/special/logFactorial.js";
import { type Stratum, type StratumLikelihood, stratumPredictor } from "./Stratum.js";

/** Poisson counts given their total are multinomial with probabilities proportional to exp(eta). */
export const multinomial: StratumLikelihood = (stratum, beta, gradient, hessian) => {
  const { rows, y, total } = stratum;
  const eta = stratumPredictor(stratum, beta);
  const largest = eta.reduce((most, value) => Math.max(most, value), -Infinity);
  const shares = eta.map((value) => exp(value - largest));
  const sum = shares.reduce((all, share) => all + share, 0);
  let value = logFactorial(total) - total * (largest + log(sum));
  for (let i = 0; i < rows; i++) {
    shares[i] /= sum;
    value += y[i] * eta[i] - logFactorial(y[i]);
  }
  if (gradient !== null || hessian !== null) addDerivatives(stratum, shares, gradient, hessian);
  return value;
};

/** X'(y - total shares), and -total times the covariance of the rows of X under the shares. */
function addDerivatives(
  { rows, X, y, total }: Stratum,
  shares: Float64Array,
  gradient: Float64Array | null,
  hessian: Float64Array | null,
): void {
  const p = X.length / rows;
  const mean = new Float64Array(p);
  for (let i = 0; i < rows; i++) for (let a = 0; a < p; a++) mean[a] += shares[i] * X[i * p + a];
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < p; a++) {
      if (gradient !== null) gradient[a] += (y[i] - total * shares[i]) * X[i * p + a];
      if (hessian === null) continue;
      const weighted = total * shares[i] * (X[i * p + a] - mean[a]);
      for (let b = 0; b <= a; b++) hessian[a * p + b] -= weighted * (X[i * p + b] - mean[b]);
    }
}
