import { exp, expm1, log, log1p } from "../math/special/elementary.js";
import type { Family, RowLikelihood } from "./Family.js";
import { hazardTails } from "./hazardTails.js";
import { logMeanRows } from "./logMeanRows.js";
import { positiveProblem } from "./positiveProblem.js";
import { byLink } from "./rowLikelihoods.js";
import { stanRows } from "./stanRows.js";

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, _phi, _order, out) {
    const ratio = y * exp(-eta);
    out.value = -eta - ratio;
    out.dEta = ratio - 1;
    out.dEta2 = -ratio;
    out.dEta3 = ratio;
  },
};

const rows = logMeanRows(logLink, ["inverse", "identity"]);

/** With mean mu: the rate is 1 / mu. */
export const exponential: Family = {
  name: "exponential",
  slots: [{ kind: "mean", name: "mu", links: Object.keys(rows) }],
  checkResponse: positiveProblem("exponential", "hurdle_gamma"),
  rowLikelihood: (link) => byLink("exponential", rows, link),
  mean: (mu) => mu,
  variance: (mu) => mu * mu,
  ratios: { log: { singular: "ratio of mean times", plural: "ratios of mean times" } },
  simulate: (stream, mu) => -mu * log(stream.uniform()),
  cumulative: {
    isDiscrete: false,
    probability: (y, mu) => (mu > 0 ? (y > 0 ? -expm1(-y / mu) : 0) : NaN),
    upper: (y, mu) => (mu > 0 ? (y > 0 ? exp(-y / mu) : 1) : NaN),
    quantile: (probability, mu) => (mu > 0 ? -mu * log1p(-probability) : NaN),
  },
  tails: (link) => hazardTails(link, 0, (y, mu, _phi, jets) => jets.linear(y, jets.reciprocal(mu), 0)),
  stan: stanRows(Object.keys(rows), ({ y, mu }) => `exponential_lpdf(${y} | inv(${mu}))`),
};
