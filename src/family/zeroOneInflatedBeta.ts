import { log, log1p } from "../math/special/elementary.js";
import { randomBeta } from "./beta.js";
import { betaRows } from "./betaRows.js";
import type { Family, RowLikelihood } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";
import { stanRows } from "./stanRows.js";

const rows = Object.fromEntries(Object.entries(betaRows).map(([name, row]) => [name, inflated(row)]));

/**
 * A response is 0 or 1 with probability zoi, and then 1 with probability coi; else it is of the beta distribution of mean mu
 * and precision phi, as in brms.
 */
export const zeroOneInflatedBeta: Family = {
  name: "zero_one_inflated_beta",
  aliases: ["zoib"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "phi", links: ["log", "identity"] },
    { kind: "auxiliary", name: "zoi", links: ["logit", "probit", "cloglog"], support: "probability" },
    { kind: "auxiliary", name: "coi", links: ["logit", "probit", "cloglog"], support: "probability" },
  ],
  meanIsMu: false,
  checkResponse(value) {
    if (value >= 0 && value <= 1) return null;
    const outside = "is outside the support of zero_one_inflated_beta, the numbers from 0 to 1";
    return value > 1 && value <= 100 ? `${outside}; percentages are to be divided by 100` : outside;
  },
  rowLikelihood: (link) => byLink("zero_one_inflated_beta", rows, link),
  mean: (mu, parameters) => parameters[1] * parameters[2] + (1 - parameters[1]) * mu,
  variance(mu, parameters) {
    const [phi, zoi, coi] = [parameters[0], parameters[1], parameters[2]];
    const mean = zoi * coi + (1 - zoi) * mu;
    const within = (1 - zoi) * ((mu * (1 - mu)) / (1 + phi)) + zoi * coi * (1 - coi);
    return within + (1 - zoi) * (mu - mean) ** 2 + zoi * (coi - mean) ** 2;
  },
  simulate(stream, mu, parameters) {
    const [phi, zoi, coi] = [parameters[0], parameters[1], parameters[2]];
    if (stream.uniform() >= zoi) return randomBeta(stream, mu * phi, (1 - mu) * phi);
    return stream.uniform() < coi ? 1 : 0;
  },
  stan: stanRows(
    Object.keys(rows),
    ({ y, mu, phi: [phi, zoi, coi] }) =>
      `${y} == 0 || ${y} == 1 ? log(${zoi}) + bernoulli_lpmf(${y} == 1 | ${coi})` +
      ` : log1m(${zoi}) + beta_lpdf(${y} | ${mu} * ${phi}, (1 - ${mu}) * ${phi})`,
  ),
};

function inflated(inside: RowLikelihood): RowLikelihood {
  return {
    evaluate(y, trials, eta, phi, order, out) {
      const [zoi, coi] = [phi[1], phi[2]];
      const isPossible = phi[0] > 0 && zoi > 0 && zoi < 1 && coi > 0 && coi < 1;
      const { dPhi, dEtaPhi, dEta2Phi } = out;
      for (const part of [dPhi, dEtaPhi, dEta2Phi]) part.fill(0);
      if (y > 0 && y < 1) {
        inside.evaluate(y, trials, eta, phi, order, out);
        out.value += log1p(-zoi);
        dPhi[1] = -1 / (1 - zoi);
      } else {
        // A predictor that is not a number has no density, though the response may be one of the others.
        out.value = Number.isNaN(eta) ? Number.NaN : log(zoi) + (y === 1 ? log(coi) : log1p(-coi));
        out.dEta = 0;
        out.dEta2 = 0;
        out.dEta3 = 0;
        dPhi[1] = 1 / zoi;
        dPhi[2] = y === 1 ? 1 / coi : -1 / (1 - coi);
      }
      if (!isPossible) out.value = -Infinity;
    },
  };
}
