import { logShare } from "../math/logSumExp.js";
import { exp } from "../math/special/elementary.js";
import type { Auxiliary, Family, RowDerivatives, RowLikelihood } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";

/** One of several categories without an order: P(Y = k) = exp(mu_k) / sum_j exp(mu_j), mu_1 = 0; phi has mu_3 and so on. */
export const categorical: Family = {
  name: "categorical",
  aliases: ["multinom"],
  slots: [{ kind: "mean", name: "mu", links: ["logit"] }],
  isCategorical: true,
  checkResponse: (value) => (Number.isInteger(value) && value > 0 ? null : "is no number of a category"),
  rowLikelihood: (link) => (link === "identity" ? softmaxRows : byLink("categorical", { logit: softmaxRows }, link)),
  withLink: () => categorical,
  meanIsMu: false,
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

/** Linear predictors of all categories. */
function scoresOf(eta: number, phi: Auxiliary): Float64Array {
  const scores = new Float64Array(phi.length + 2);
  scores[1] = eta;
  scores.set(phi, 2);
  return scores;
}

function probabilities(eta: number, phi: Auxiliary): Float64Array {
  const scores = scoresOf(eta, phi);
  const most = scores.reduce((a, b) => Math.max(a, b));
  const weights = scores.map((score) => exp(score - most));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

const softmaxRows: RowLikelihood = {
  evaluate(y, _trials, eta, phi, order, out) {
    const scores = scoresOf(eta, phi);
    out.value = y <= scores.length ? logShare(scores, y - 1) : Number.NEGATIVE_INFINITY;
    if (order > 0) derivatives(y, probabilities(eta, phi), out);
  },
};

function derivatives(y: number, shares: Float64Array, out: RowDerivatives): void {
  const second = shares[1];
  out.dEta = (y === 2 ? 1 : 0) - second;
  out.dEta2 = -second * (1 - second);
  out.dEta3 = -second * (1 - second) * (1 - 2 * second);
  for (let k = 0; k < out.dPhi.length; k++) {
    const p = shares[k + 2];
    out.dPhi[k] = (y === k + 3 ? 1 : 0) - p;
    out.dEtaPhi[k] = second * p;
    out.dEta2Phi[k] = second * p * (1 - 2 * second);
  }
}
