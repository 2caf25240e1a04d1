import { exp, log } from "../math/special/elementary.js";
import type { Auxiliary, Family, RowDerivatives, RowLikelihood } from "./Family.js";

/** One of several categories without an order: P(Y = k) = exp(mu_k) / sum_j exp(mu_j), mu_1 = 0; phi has mu_3 and so on. */
export const categorical: Family = {
  name: "categorical",
  aliases: ["multinom"],
  slots: [{ kind: "mean", name: "mu", links: ["logit"] }],
  isCategorical: true,
  checkResponse: (value) => (Number.isInteger(value) && value > 0 ? null : "is no number of a category"),
  rowLikelihood: () => softmaxRows,
  withLink: () => categorical,
  ratios: { logit: { singular: "odds ratio", plural: "odds ratios" } },
  mean: (eta, phi) => probabilities(eta, phi).reduce((sum, p, k) => sum + p * (k + 1), 0),
  variance(eta, phi) {
    const shares = probabilities(eta, phi);
    const mean = shares.reduce((sum, p, k) => sum + p * (k + 1), 0);
    return shares.reduce((sum, p, k) => sum + p * (k + 1 - mean) ** 2, 0);
  },
  simulate(stream, eta, phi) {
    let left = stream.uniform();
    const shares = probabilities(eta, phi);
    const found = shares.findIndex((p) => {
      left -= p;
      return left < 0;
    });
    return found < 0 ? shares.length : found + 1;
  },
  cumulative: {
    isDiscrete: true,
    probability(y, eta, phi) {
      const shares = probabilities(eta, phi);
      return y >= shares.length ? 1 : shares.reduce((sum, p, k) => (k + 1 <= y ? sum + p : sum), 0);
    },
  },
};

function probabilities(eta: number, phi: Auxiliary): Float64Array {
  const scores = Float64Array.from({ length: phi.length + 2 }, (_, k) => (k === 0 ? 0 : k === 1 ? eta : phi[k - 2]));
  const most = scores.reduce((a, b) => Math.max(a, b));
  const weights = scores.map((score) => exp(score - most));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

const softmaxRows: RowLikelihood = {
  evaluate(y, _trials, eta, phi, order, out) {
    let most = Math.max(0, eta);
    for (let k = 0; k < phi.length; k++) most = Math.max(most, phi[k]);
    let total = exp(-most) + exp(eta - most);
    for (let k = 0; k < phi.length; k++) total += exp(phi[k] - most);
    const own = y === 1 ? 0 : y === 2 ? eta : phi[y - 3];
    out.value = y <= phi.length + 2 ? own - most - log(total) : Number.NEGATIVE_INFINITY;
    if (order > 0) derivatives(y, exp(eta - most) / total, (k) => exp(phi[k] - most) / total, out);
  },
};

/** `second`: the probability of the second category; `later(k)`: that of category k + 3. */
function derivatives(y: number, second: number, later: (k: number) => number, out: RowDerivatives): void {
  out.dEta = (y === 2 ? 1 : 0) - second;
  out.dEta2 = -second * (1 - second);
  out.dEta3 = -second * (1 - second) * (1 - 2 * second);
  for (let k = 0; k < out.dPhi.length; k++) {
    const p = later(k);
    out.dPhi[k] = (y === k + 3 ? 1 : 0) - p;
    out.dEtaPhi[k] = second * p;
    out.dEta2Phi[k] = second * p * (1 - 2 * second);
  }
}
