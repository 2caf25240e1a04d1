import type { RandomStream } from "../math/random/RandomStream.js";
import { randomGamma } from "../math/random/variates.js";
import { exp, inverseLogit, log } from "../math/special/elementary.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";
import { betaRows } from "./betaRows.js";
import type { Family } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";
import { stanRows } from "./stanRows.js";

/** The largest double below 1. */
const BELOW_ONE = 1 - 2 ** -53;

/** With mean mu and variance mu (1 - mu) / (1 + phi). */
export const beta: Family = {
  name: "beta",
  aliases: ["Beta", "beta_family"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(betaRows) },
    { kind: "auxiliary", name: "phi", links: ["log", "identity"] },
  ],
  checkResponse(value) {
    if (value > 0 && value < 1) return null;
    const outside = "is outside the support of beta, the numbers between 0 and 1";
    if (value === 0 || value === 1) return `${outside}; where values are exactly 0 or 1, use zero_one_inflated_beta`;
    return value > 1 && value <= 100 ? `${outside}; percentages are to be divided by 100` : outside;
  },
  rowLikelihood: (link) => byLink("beta", betaRows, link),
  mean: (mu) => mu,
  variance: (mu, phi) => (mu * (1 - mu)) / (1 + phi[0]),
  ratios: {
    logit: { singular: "odds ratio", plural: "odds ratios" },
    log: { singular: "ratio of means", plural: "ratios of means" },
  },
  simulate: (stream, mu, phi) => randomBeta(stream, mu * phi[0], (1 - mu) * phi[0]),
  cumulative: {
    isDiscrete: false,
    probability(y, mu, phi) {
      if (!(mu >= 0 && mu <= 1 && phi[0] > 0)) return NaN;
      if (!(y > 0 && y < 1)) return y > 0 ? 1 : 0;
      // A mean that rounds to an end leaves nothing to the other side.
      if (mu === 0 || mu === 1) return 1 - mu;
      return exp(logIncompleteBeta(mu * phi[0], (1 - mu) * phi[0], y, 1 - y));
    },
    upper(y, mu, phi) {
      if (!(mu >= 0 && mu <= 1 && phi[0] > 0)) return NaN;
      if (!(y > 0 && y < 1)) return y > 0 ? 0 : 1;
      if (mu === 0 || mu === 1) return mu;
      return exp(logIncompleteBeta((1 - mu) * phi[0], mu * phi[0], 1 - y, y));
    },
  },
  stan: stanRows(
    Object.keys(betaRows),
    ({ y, mu, phi }) => `beta_lpdf(${y} | ${mu} * ${phi[0]}, (1 - ${mu}) * ${phi[0]})`,
  ),
};

/** In the open interval (0, 1); by the logs of two gamma variates, which tell apart shapes near 0. */
export function randomBeta(stream: RandomStream, a: number, b: number): number {
  const draw = inverseLogit(logRandomGamma(stream, a) - logRandomGamma(stream, b));
  return Math.min(Math.max(draw, Number.MIN_VALUE), BELOW_ONE);
}

function logRandomGamma(stream: RandomStream, shape: number): number {
  if (shape >= 1) return log(randomGamma(stream, shape));
  return log(randomGamma(stream, shape + 1)) + log(stream.uniform()) / shape;
}
