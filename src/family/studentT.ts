import { randomGamma } from "../math/random/variates.js";
import { exp, log, log1p } from "../math/special/elementary.js";
import { logGammaRatio, logGammaRatioDerivative } from "../math/special/gammaRatio.js";
import { LOG_SQRT_TWO_PI } from "../math/special/normalDistribution.js";
import { studentLower, studentTwoSidedQuantile } from "../math/special/tailProbability.js";
import type { Family, RowDerivatives, RowLikelihood } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";

const identityLink: RowLikelihood = {
  evaluate(y, _trials, mu, phi, order, out) {
    const sigma = phi[0];
    const nu = phi[1];
    const z = (y - mu) / sigma;
    const square = z * z;
    const sum = nu + square;
    const excess = log1p(square / nu);
    out.value =
      sigma > 0 && nu > 0
        ? logGammaRatio(0.5 * nu, 0.5) - LOG_SQRT_TWO_PI - log(sigma) - 0.5 * (nu + 1) * excess
        : -Infinity;
    if (order === 0) return;
    // The shares of nu and z^2 in their sum, right also where z^2 overflows.
    const v = nu / sum;
    const w = 1 / (1 + nu / square);
    const pull = (nu + 1) * (z / sum);
    const r = 1 / sigma;
    out.dEta = pull * r;
    out.dPhi[0] = ((nu + 1) * w - 1) * r;
    out.dPhi[1] = 0.5 * (logGammaRatioDerivative(0.5 * nu, 0.5) - excess + ((nu + 1) / nu) * w);
    if (order === 1) return;
    const curvature = ((nu + 1) / sum) * r * r;
    const bend = 4 * v - 1;
    out.dEta2 = curvature * (1 - 2 * v);
    out.dEtaPhi[0] = -2 * v * pull * r * r;
    out.dEtaPhi[1] = (z / sum) * (1 - (nu + 1) / sum) * r;
    out.dEta3 = -2 * (z / sum) * curvature * bend * r;
    out.dEta2Phi[0] = 2 * v * curvature * (4 * v - 3) * r;
    out.dEta2Phi[1] = ((1 - 2 * v) / sum + ((nu + 1) / sum) * ((4 * v - 3) / sum)) * r * r;
  },
};

/** With mu = exp(eta). */
const logLink: RowLikelihood = {
  evaluate(y, trials, eta, phi, order, out) {
    const mu = exp(eta);
    identityLink.evaluate(y, trials, mu, phi, order, out);
    throughExp(mu, out);
  },
};

/** From derivatives in mu to those in its log. */
function throughExp(mu: number, out: RowDerivatives): void {
  const { dEta, dEta2, dEta3, dEtaPhi, dEta2Phi } = out;
  out.dEta = dEta * mu;
  out.dEta2 = (dEta2 * mu + dEta) * mu;
  out.dEta3 = ((dEta3 * mu + 3 * dEta2) * mu + dEta) * mu;
  for (let k = 0; k < dEtaPhi.length; k++) {
    dEta2Phi[k] = (dEta2Phi[k] * mu + dEtaPhi[k]) * mu;
    dEtaPhi[k] *= mu;
  }
}

const rows = { identity: identityLink, log: logLink };

/** With location mu, its mean for nu > 1, and scale sigma, as in brms. */
export const studentT: Family = {
  name: "student_t",
  aliases: ["student", "t_family"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "sigma", links: ["log", "identity"], prior: "response" },
    {
      kind: "auxiliary",
      name: "nu",
      links: ["log", "identity"],
      prior: { distribution: "gamma", arguments: [2, 0.1] },
    },
  ],
  locationOf: (y) => y,
  checkResponse: (value) => (Number.isFinite(value) ? null : "is not a finite number"),
  rowLikelihood: (link) => byLink("student_t", rows, link),
  mean: (mu) => mu,
  variance: (_mu, phi) => (phi[1] > 2 ? (phi[0] * phi[0] * phi[1]) / (phi[1] - 2) : Infinity),
  ratios: { log: { singular: "ratio of means", plural: "ratios of means" } },
  simulate: (stream, mu, phi) =>
    mu + phi[0] * stream.normal() * Math.sqrt((0.5 * phi[1]) / randomGamma(stream, 0.5 * phi[1])),
  cumulative: {
    isDiscrete: false,
    probability: (y, mu, phi) => (phi[0] > 0 && phi[1] > 0 ? studentLower((y - mu) / phi[0], phi[1]) : NaN),
    upper: (y, mu, phi) => (phi[0] > 0 && phi[1] > 0 ? studentLower((mu - y) / phi[0], phi[1]) : NaN),
    quantile(probability, mu, phi) {
      if (!(phi[0] > 0 && phi[1] > 0)) return NaN;
      if (probability === 0.5) return mu;
      const distance = phi[0] * studentTwoSidedQuantile(2 * Math.min(probability, 1 - probability), phi[1]);
      return probability < 0.5 ? mu - distance : mu + distance;
    },
  },
  stan: {
    identity: {
      isVectorised: true,
      density: ({ y, eta, phi }) => `student_t_lpdf(${y} | ${phi[1]}, ${eta}, ${phi[0]})`,
    },
    log: {
      isVectorised: true,
      density: ({ y, eta, phi }) => `student_t_lpdf(${y} | ${phi[1]}, exp(${eta}), ${phi[0]})`,
    },
  },
};
