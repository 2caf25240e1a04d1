import { randomGamma, randomPoisson } from "../math/random/variates.js";
import { exp, log, log1pMinusX } from "../math/special/elementary.js";
import { logGammaRatio, logGammaRatioDerivative } from "../math/special/gammaRatio.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";
import { logFactorial } from "../math/special/logFactorial.js";
import { log1pRatio, negativeBinomialLogDensity } from "./discreteLogDensity.js";
import type { Family, Remainder, RowLikelihood } from "./Family.js";
import { byLink, isCount } from "./rowLikelihoods.js";

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, parameters, order, out) {
    const phi = parameters[0];
    const mu = exp(eta);
    // The shares of mu and phi in their sum, right also where mu overflows.
    const w = 1 / (1 + phi / mu);
    const v = 1 / (1 + mu / phi);
    out.value = phi > 0 ? negativeBinomialLogDensity(y, mu, eta, phi) : -Infinity;
    if (order === 0) return;
    out.dEta = y * v - phi * w;
    out.dPhi[0] = dispersionScore(y, mu, eta, phi);
    if (order === 1) return;
    const information = (y + phi) * w * v;
    out.dEta2 = -information;
    out.dEtaPhi[0] = w * ((y / phi) * v - w);
    out.dEta3 = -information * (v - w);
    out.dEta2Phi[0] = -w * v * (2 * w + (y / phi) * (w - v));
  },
};

const identityLink: RowLikelihood = {
  evaluate(y, _trials, mu, parameters, order, out) {
    const phi = parameters[0];
    const logMu = log(mu);
    out.value = mu >= 0 && phi > 0 ? negativeBinomialLogDensity(y, mu, logMu, phi) : -Infinity;
    if (order === 0) return;
    const sum = mu + phi;
    // Without events the mean may be 0.
    const rate = y === 0 ? 0 : y / mu;
    const pull = (y + phi) / sum;
    out.dEta = (y === 0 ? -1 : (y - mu) / mu) * (phi / sum);
    out.dPhi[0] = dispersionScore(y, mu, logMu, phi);
    if (order === 1) return;
    const excess = (y - mu) / sum;
    out.dEta2 = pull / sum - (y === 0 ? 0 : rate / mu);
    out.dEtaPhi[0] = excess / sum;
    out.dEta3 = (y === 0 ? 0 : (2 * rate) / mu / mu) - (2 * pull) / sum / sum;
    out.dEta2Phi[0] = -(1 + 2 * excess) / (sum * sum);
  },
};

const rows = { log: logLink, identity: identityLink };

export const negativeBinomial: Family = {
  name: "negative_binomial",
  aliases: ["negbinomial", "nbinom2"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "phi", links: ["log", "identity"] },
  ],
  checkResponse: (value) => (isCount(value) ? null : "is not a count (0, 1, 2, ...)"),
  rowLikelihood: (link) => byLink("negative_binomial", rows, link),
  mean: (mu) => mu,
  variance: (mu, phi) => mu + (mu * mu) / phi[0],
  limit: "poisson",
  dispersionTail: 0,
  cumulative: {
    isDiscrete: true,
    probability(y, mu, parameters) {
      const phi = parameters[0];
      if (!(mu >= 0 && phi > 0)) return NaN;
      // The shares of phi and mu in their sum, right also where mu overflows.
      return y < 0 ? 0 : exp(logIncompleteBeta(phi, Math.floor(y) + 1, 1 / (1 + mu / phi), 1 / (1 + phi / mu)));
    },
    upper(y, mu, parameters) {
      const phi = parameters[0];
      if (!(mu >= 0 && phi > 0)) return NaN;
      return y < 0 ? 1 : exp(logIncompleteBeta(Math.floor(y) + 1, phi, 1 / (1 + phi / mu), 1 / (1 + mu / phi)));
    },
  },
  ratios: { log: { singular: "rate ratio", plural: "rate ratios" } },
  simulate: (stream, mu, phi) => randomPoisson(stream, (mu / phi[0]) * randomGamma(stream, phi[0])),
  stan: {
    log: {
      isVectorised: true,
      density: ({ y, eta, phi }) => `neg_binomial_2_log_lpmf(${y} | ${eta}, ${phi[0]})`,
    },
    identity: {
      isVectorised: true,
      density: ({ y, eta, phi }) => `neg_binomial_2_lpmf(${y} | ${eta}, ${phi[0]})`,
    },
  },
  kernels: { log: { name: "negative_binomial-log", remainder } },
};

/** d log p / d phi, whose terms of order mu / phi cancel for large phi and are left out there. */
function dispersionScore(y: number, mu: number, logMu: number, phi: number): number {
  const ratio = mu / phi;
  const w = 1 / (1 + phi / mu);
  const logExcess = ratio < 0.4 ? log1pMinusX(ratio) + ratio * w : log1pRatio(mu, logMu, phi) - w;
  return logGammaRatioDerivative(phi, y) - logExcess + (y / phi) * w;
}

/**
 * The kernel returns the sum of y eta - (y + phi) log(1 + mu / phi). What is left, the sum of
 * log(Gamma(y + phi) / (Gamma(phi) phi^y)) - log y!, is computed once for each distinct y.
 */
function remainder(y: Float64Array): Remainder {
  const counts = new Map<number, number>();
  let constant = 0;
  for (const value of y) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    constant -= logFactorial(value);
  }
  const distinct = [...counts];
  return (phi, out) => {
    let total = constant;
    out.dDispersion = 0;
    for (const [value, count] of distinct) {
      total += count * logGammaRatio(phi, value);
      out.dDispersion += count * logGammaRatioDerivative(phi, value);
    }
    return total;
  };
}
