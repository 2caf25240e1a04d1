import type { Jet, JetArithmetic } from "../math/jets.js";
import { exp, expm1, log, log1p } from "../math/special/elementary.js";
import { lgamma } from "../math/special/lgamma.js";
import { digamma } from "../math/special/polygamma.js";
import type { Family, RowLikelihood } from "./Family.js";
import { hazardTails } from "./hazardTails.js";
import { logMeanRows } from "./logMeanRows.js";
import { positiveProblem } from "./positiveProblem.js";
import { byLink } from "./rowLikelihoods.js";
import { stanRows } from "./stanRows.js";

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, phi, order, out) {
    const shape = phi[0];
    const logY = log(y);
    const logRatio = logY - eta + logMeanOfUnitScale(shape);
    const hazard = exp(shape * logRatio);
    out.value = shape > 0 ? log(shape) - logY + shape * logRatio - hazard : -Infinity;
    if (order === 0) return;
    // d (shape log(y / scale)) / d shape
    const slope = logRatio - digamma(1 + 1 / shape) / shape;
    out.dEta = shape * (hazard - 1);
    out.dPhi[0] = 1 / shape + slope * (1 - hazard);
    if (order === 1) return;
    out.dEta2 = -shape * shape * hazard;
    out.dEtaPhi[0] = hazard - 1 + shape * hazard * slope;
    out.dEta3 = shape * shape * shape * hazard;
    out.dEta2Phi[0] = -shape * hazard * (2 + shape * slope);
  },
};

const rows = logMeanRows(logLink, ["inverse", "identity"]);

/** With mean mu, so that the scale is mu / Gamma(1 + 1 / shape), as in brms. */
export const weibull: Family = {
  name: "weibull",
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "shape", links: ["log", "identity"] },
  ],
  checkResponse: positiveProblem("weibull", "hurdle_gamma"),
  rowLikelihood: (link) => byLink("weibull", rows, link),
  mean: (mu) => mu,
  variance: (mu, phi) => mu * mu * expm1(logMeanOfUnitScale(0.5 * phi[0]) - 2 * logMeanOfUnitScale(phi[0])),
  ratios: { log: { singular: "ratio of mean times", plural: "ratios of mean times" } },
  // A shape near 0 has values below the smallest double.
  simulate: (stream, mu, phi) => Math.max(Number.MIN_VALUE, quantile(-log(stream.uniform()), mu, phi[0])),
  cumulative: {
    isDiscrete: false,
    probability(y, mu, phi) {
      if (!(mu > 0 && phi[0] > 0)) return NaN;
      return y > 0 ? -expm1(-cumulativeHazard(y, mu, phi[0])) : 0;
    },
    upper(y, mu, phi) {
      if (!(mu > 0 && phi[0] > 0)) return NaN;
      return y > 0 ? exp(-cumulativeHazard(y, mu, phi[0])) : 1;
    },
    quantile: (probability, mu, phi) => (mu > 0 && phi[0] > 0 ? quantile(-log1p(-probability), mu, phi[0]) : NaN),
  },
  tails: (link) => hazardTails(link, 1, hazardJet),
  stan: stanRows(
    Object.keys(rows),
    ({ y, mu, phi }) => `weibull_lpdf(${y} | ${phi[0]}, ${mu} / tgamma(1 + inv(${phi[0]})))`,
  ),
};

/** log of the mean over the scale. */
function logMeanOfUnitScale(shape: number): number {
  return lgamma(1 + 1 / shape);
}

function cumulativeHazard(y: number, mu: number, shape: number): number {
  return exp(shape * (log(y / mu) + logMeanOfUnitScale(shape)));
}

/** The cumulative hazard as a Taylor polynomial. */
function hazardJet(y: number, mu: Jet, [shape]: readonly Jet[], jets: JetArithmetic): Jet {
  const logMean = jets.lgamma(jets.linear(1, jets.reciprocal(shape), 1));
  return jets.exp(jets.multiply(shape, jets.linear(1, jets.subtract(logMean, jets.log(mu)), log(y))));
}

/** Where the cumulative hazard has a value. */
function quantile(hazard: number, mu: number, shape: number): number {
  return mu * exp(log(hazard) / shape - logMeanOfUnitScale(shape));
}
