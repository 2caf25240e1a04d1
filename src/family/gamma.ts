import { randomGamma } from "../math/random/variates.js";
import { exp, log } from "../math/special/elementary.js";
import { logLowerGamma, logUpperGamma } from "../math/special/incompleteGamma.js";
import { logLessDigamma } from "../math/special/polygamma.js";
import { saddlePointHeight } from "../math/special/saddlePoint.js";
import type { Family, RowLikelihood } from "./Family.js";
import { logMeanRows } from "./logMeanRows.js";
import { positiveProblem } from "./positiveProblem.js";
import { byLink } from "./rowLikelihoods.js";
import { stanRows } from "./stanRows.js";

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, phi, order, out) {
    const shape = phi[0];
    const logY = log(y);
    const ratio = exp(logY - eta);
    // (y / mu) - 1 - log(y / mu), which is not negative.
    const deviance = ratio - 1 - (logY - eta);
    out.value = shape > 0 ? saddlePointHeight(shape) - shape * deviance - logY : -Infinity;
    if (order === 0) return;
    out.dEta = shape * (ratio - 1);
    out.dPhi[0] = logLessDigamma(shape) - deviance;
    if (order === 1) return;
    out.dEta2 = -shape * ratio;
    out.dEtaPhi[0] = ratio - 1;
    out.dEta3 = shape * ratio;
    out.dEta2Phi[0] = -ratio;
  },
};

const rows = logMeanRows(logLink, ["inverse", "identity"]);

/** With mean mu and variance mu^2 / shape. */
export const gamma: Family = {
  name: "gamma",
  aliases: ["Gamma"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "shape", links: ["log", "identity"] },
  ],
  checkResponse: positiveProblem("gamma", "hurdle_gamma"),
  rowLikelihood: (link) => byLink("gamma", rows, link),
  mean: (mu) => mu,
  variance: (mu, phi) => (mu * mu) / phi[0],
  ratios: { log: { singular: "ratio of means", plural: "ratios of means" } },
  // A shape near 0 has values below the smallest double.
  simulate: (stream, mu, phi) => Math.max(Number.MIN_VALUE, (mu / phi[0]) * randomGamma(stream, phi[0])),
  cumulative: {
    isDiscrete: false,
    probability(y, mu, phi) {
      if (!(mu > 0 && phi[0] > 0)) return NaN;
      return y > 0 ? exp(logLowerGamma(phi[0], (phi[0] / mu) * y)) : 0;
    },
    upper(y, mu, phi) {
      if (!(mu > 0 && phi[0] > 0)) return NaN;
      return y > 0 ? exp(logUpperGamma(phi[0], (phi[0] / mu) * y)) : 1;
    },
  },
  stan: stanRows(Object.keys(rows), ({ y, mu, phi }) => `gamma_lpdf(${y} | ${phi[0]}, ${phi[0]} / ${mu})`),
};
