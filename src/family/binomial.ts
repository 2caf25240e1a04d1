import { randomBinomial } from "../math/random/variates.js";
import { exp } from "../math/special/elementary.js";
import { logChoose } from "../math/special/gammaRatio.js";
import { logIncompleteBeta } from "../math/special/incompleteBeta.js";
import { type BinaryLink, binaryLatentVariances, binaryLinks, binaryRatios, stanOfLinks } from "./binary.js";
import { binomialLogDensity } from "./discreteLogDensity.js";
import type { Family, FamilyKernel, RowDerivatives, RowLikelihood } from "./Family.js";
import { byLink, constantRemainder, isCount, newRowDerivatives } from "./rowLikelihoods.js";

export const binomial: Family = {
  name: "binomial",
  slots: [
    { kind: "data", name: "size" },
    { kind: "mean", name: "p", links: Object.keys(binaryLinks) },
  ],
  checkResponse(value, trials) {
    if (!isCount(trials)) return `has ${trials} trials, which is not a count (0, 1, 2, ...)`;
    if (!isCount(value)) return "is not a count (0, 1, 2, ...)";
    return value <= trials ? null : `is more than its number of trials, ${trials}`;
  },
  rowLikelihood: (link) => binomialRow(byLink("binomial", binaryLinks, link)),
  mean: (mu, _phi, trials) => trials * mu,
  variance: (mu, _phi, trials) => trials * mu * (1 - mu),
  isOverdispersible: true,
  ratios: binaryRatios,
  latentVariance: binaryLatentVariances,
  conditional: { logit: "logistic" },
  simulate: (stream, mu, _phi, trials) => randomBinomial(stream, trials, mu),
  cumulative: {
    isDiscrete: true,
    probability(y, mu, _phi, trials) {
      if (!(mu >= 0 && mu <= 1)) return NaN;
      const successes = Math.floor(y);
      if (successes < 0) return 0;
      return successes < trials ? exp(logIncompleteBeta(trials - successes, successes + 1, 1 - mu, mu)) : 1;
    },
    upper(y, mu, _phi, trials) {
      if (!(mu >= 0 && mu <= 1)) return NaN;
      const successes = Math.floor(y);
      if (successes < 0) return 1;
      return successes < trials ? exp(logIncompleteBeta(successes + 1, trials - successes, mu, 1 - mu)) : 0;
    },
  },
  stan: {
    ...stanOfLinks(
      ({ y, trials, success, failure }) =>
        `lchoose(${trials}, ${y}) + ${y} * ${success} + (${trials} - ${y}) * ${failure}`,
    ),
    logit: { isVectorised: true, density: ({ y, eta, trials }) => `binomial_logit_lpmf(${y} | ${trials}, ${eta})` },
  },
  kernels: { logit: kernel("logit"), probit: kernel("probit"), cloglog: kernel("cloglog") },
};

function binomialRow({ success, failure }: BinaryLink): RowLikelihood {
  const p = newRowDerivatives(0);
  const q = newRowDerivatives(0);
  return {
    evaluate(y, trials, eta, _phi, order, out) {
      const failures = trials - y;
      out.dEta = 0;
      out.dEta2 = 0;
      out.dEta3 = 0;
      // A side without outcomes is left out: its log-probability may be -Infinity.
      if (y > 0) success(eta, order, p);
      if (failures > 0) failure(eta, order, q);
      if (y > 0) addDerivatives(y, p, out);
      if (failures > 0) addDerivatives(failures, q, out);
      out.value = binomialLogDensity(y, trials, p.value, q.value);
    },
  };
}

function addDerivatives(weight: number, side: RowDerivatives, out: RowDerivatives): void {
  out.dEta += weight * side.dEta;
  out.dEta2 += weight * side.dEta2;
  out.dEta3 += weight * side.dEta3;
}

/** The kernels leave out the binomial coefficients. */
function kernel(link: string): FamilyKernel {
  return {
    name: `binomial-${link}`,
    remainder(y, trials) {
      let total = 0;
      for (let i = 0; i < y.length; i++) total += logChoose(trials === null ? 1 : trials[i], y[i]);
      return constantRemainder(total);
    },
    weighted: { name: `binomial-${link}`, by: "trials" },
  };
}
