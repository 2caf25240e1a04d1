import { exp, log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI, normalCdf, normalQuantile } from "../math/special/normalDistribution.js";
import type { Family, RowLikelihood } from "./Family.js";
import { normalTails } from "./normalTails.js";
import { positiveProblem } from "./positiveProblem.js";
import { byLink } from "./rowLikelihoods.js";

const identityLink: RowLikelihood = {
  evaluate(y, _trials, mu, phi, order, out) {
    const sigma = phi[0];
    const r = 1 / sigma;
    const logY = log(y);
    const z = (logY - mu) * r;
    out.value = sigma > 0 ? -0.5 * z * z - log(sigma) - logY - LOG_SQRT_TWO_PI : -Infinity;
    out.dEta = z * r;
    out.dPhi[0] = (z * z - 1) * r;
    if (order <= 1) return;
    out.dEta2 = -r * r;
    out.dEtaPhi[0] = -2 * z * r * r;
    out.dEta3 = 0;
    out.dEta2Phi[0] = 2 * r * r * r;
  },
};

const rows = { identity: identityLink };

/** mu and sigma are the mean and the sd of the log of the response. */
export const lognormal: Family = {
  name: "lognormal",
  aliases: ["log_normal"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "sigma", links: ["log", "identity"], prior: "response" },
  ],
  meanIsMu: false,
  locationOf: log,
  checkResponse: positiveProblem("lognormal", "hurdle_lognormal"),
  rowLikelihood: (link) => byLink("lognormal", rows, link),
  mean: (mu, phi) => exp(mu + 0.5 * phi[0] * phi[0]),
  variance: (mu, phi) => (exp(phi[0] * phi[0]) - 1) * exp(2 * mu + phi[0] * phi[0]),
  ratios: { identity: { singular: "ratio of medians", plural: "ratios of medians" } },
  simulate: (stream, mu, phi) => exp(mu + phi[0] * stream.normal()),
  cumulative: {
    isDiscrete: false,
    probability: (y, mu, phi) => (phi[0] > 0 ? (y > 0 ? normalCdf((log(y) - mu) / phi[0]) : 0) : NaN),
    upper: (y, mu, phi) => (phi[0] > 0 ? (y > 0 ? normalCdf((mu - log(y)) / phi[0]) : 1) : NaN),
    quantile: (probability, mu, phi) => (phi[0] > 0 ? exp(mu + phi[0] * normalQuantile(probability)) : NaN),
  },
  tails: (link) => normalTails(link, log),
  stan: { identity: { isVectorised: true, density: ({ y, eta, phi }) => `lognormal_lpdf(${y} | ${eta}, ${phi[0]})` } },
};
