import { exp, log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI, normalCdf, normalQuantile } from "../math/special/normalDistribution.js";
import type { Family, RowLikelihood } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";

const identityLink: RowLikelihood = {
  evaluate(y, _trials, mu, sigma, order, out) {
    const z = (y - mu) / sigma;
    out.value = logDensity(z, sigma);
    out.dEta = z / sigma;
    out.dDispersion = (z * z - 1) / sigma;
    if (order <= 1) return;
    out.dEta2 = -1 / (sigma * sigma);
    out.dEtaDispersion = (-2 * z) / (sigma * sigma);
    out.dEta3 = 0;
    out.dEta2Dispersion = 2 / (sigma * sigma * sigma);
  },
};

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, sigma, order, out) {
    const mu = exp(eta);
    const z = (y - mu) / sigma;
    const score = (z / sigma) * mu;
    out.value = logDensity(z, sigma);
    out.dEta = score;
    out.dDispersion = (z * z - 1) / sigma;
    if (order <= 1) return;
    const information = (mu / sigma) * (mu / sigma);
    out.dEta2 = score - information;
    out.dEtaDispersion = (-2 / sigma) * score;
    out.dEta3 = score - 3 * information;
    out.dEta2Dispersion = (-2 / sigma) * out.dEta2;
  },
};

const rows = { identity: identityLink, log: logLink };

export const normal: Family = {
  name: "normal",
  aliases: ["gaussian"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "dispersion", name: "sigma", links: ["log", "identity"] },
  ],
  dispersionIsSd: true,
  isNormal: true,
  dispersionTail: 1,
  checkResponse: (value) => (Number.isFinite(value) ? null : "is not a finite number"),
  rowLikelihood: (link) => byLink("normal", rows, link),
  mean: (mu) => mu,
  variance: (_mu, sigma) => sigma * sigma,
  ratios: { log: { singular: "ratio of means", plural: "ratios of means" } },
  simulate: (stream, mu, sigma) => mu + sigma * stream.normal(),
  cumulative: {
    isDiscrete: false,
    probability: (y, mu, sigma) => (sigma > 0 ? normalCdf((y - mu) / sigma) : NaN),
    upper: (y, mu, sigma) => (sigma > 0 ? normalCdf((mu - y) / sigma) : NaN),
    quantile: (probability, mu, sigma) => (sigma > 0 ? mu + sigma * normalQuantile(probability) : NaN),
  },
  stan: {
    identity: { isVectorised: true, density: ({ y, eta, dispersion }) => `normal_lpdf(${y} | ${eta}, ${dispersion})` },
    log: { isVectorised: true, density: ({ y, eta, dispersion }) => `normal_lpdf(${y} | exp(${eta}), ${dispersion})` },
  },
  kernels: {
    identity: {
      name: "normal-identity",
      remainder: (y) => (sigma, out) => {
        out.dDispersion = -y.length / sigma;
        return -y.length * (log(sigma) + LOG_SQRT_TWO_PI);
      },
    },
  },
};

/** z = (y - mu) / sigma */
function logDensity(z: number, sigma: number): number {
  return sigma > 0 ? -0.5 * z * z - log(sigma) - LOG_SQRT_TWO_PI : -Infinity;
}
