import { exp, log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI, normalCdf, normalQuantile } from "../math/special/normalDistribution.js";
import type { Family, RowLikelihood } from "./Family.js";
import { normalTails } from "./normalTails.js";
import { byLink } from "./rowLikelihoods.js";

const identityLink: RowLikelihood = {
  evaluate(y, _trials, mu, phi, order, out) {
    const sigma = phi[0];
    const z = (y - mu) / sigma;
    out.value = logDensity(z, sigma);
    out.dEta = z / sigma;
    out.dPhi[0] = (z * z - 1) / sigma;
    if (order <= 1) return;
    out.dEta2 = -1 / (sigma * sigma);
    out.dEtaPhi[0] = (-2 * z) / (sigma * sigma);
    out.dEta3 = 0;
    out.dEta2Phi[0] = 2 / (sigma * sigma * sigma);
  },
};

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, phi, order, out) {
    const sigma = phi[0];
    const mu = exp(eta);
    const z = (y - mu) / sigma;
    const score = (z / sigma) * mu;
    out.value = logDensity(z, sigma);
    out.dEta = score;
    out.dPhi[0] = (z * z - 1) / sigma;
    if (order <= 1) return;
    const information = (mu / sigma) * (mu / sigma);
    out.dEta2 = score - information;
    out.dEtaPhi[0] = (-2 / sigma) * score;
    out.dEta3 = score - 3 * information;
    out.dEta2Phi[0] = (-2 / sigma) * out.dEta2;
  },
};

const rows = { identity: identityLink, log: logLink };

export const normal: Family = {
  name: "normal",
  aliases: ["gaussian"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "sigma", links: ["log", "identity"], prior: "response" },
  ],
  dispersionIsSd: true,
  locationOf: (y) => y,
  isNormal: true,
  dispersionTail: 1,
  checkResponse: (value) => (Number.isFinite(value) ? null : "is not a finite number"),
  rowLikelihood: (link) => byLink("normal", rows, link),
  mean: (mu) => mu,
  variance: (_mu, phi) => phi[0] * phi[0],
  ratios: { log: { singular: "ratio of means", plural: "ratios of means" } },
  simulate: (stream, mu, phi) => mu + phi[0] * stream.normal(),
  cumulative: {
    isDiscrete: false,
    probability: (y, mu, phi) => (phi[0] > 0 ? normalCdf((y - mu) / phi[0]) : NaN),
    upper: (y, mu, phi) => (phi[0] > 0 ? normalCdf((mu - y) / phi[0]) : NaN),
    quantile: (probability, mu, phi) => (phi[0] > 0 ? mu + phi[0] * normalQuantile(probability) : NaN),
  },
  tails: (link) => normalTails(link, (y) => y),
  stan: {
    identity: { isVectorised: true, density: ({ y, eta, phi }) => `normal_lpdf(${y} | ${eta}, ${phi[0]})` },
    log: { isVectorised: true, density: ({ y, eta, phi }) => `normal_lpdf(${y} | exp(${eta}), ${phi[0]})` },
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
