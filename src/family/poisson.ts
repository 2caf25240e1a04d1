import { randomPoisson } from "../math/random/variates.js";
import { exp, log } from "../math/special/elementary.js";
import { logLowerGamma, logUpperGamma } from "../math/special/incompleteGamma.js";
import { logFactorial } from "../math/special/logFactorial.js";
import { poissonLogDensity } from "./discreteLogDensity.js";
import type { Family, RowLikelihood } from "./Family.js";
import { byLink, constantRemainder, isCount } from "./rowLikelihoods.js";

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, _phi, _order, out) {
    const mu = exp(eta);
    out.value = poissonLogDensity(y, mu, eta);
    out.dEta = y - mu;
    out.dEta2 = -mu;
    out.dEta3 = -mu;
  },
};

const identityLink: RowLikelihood = {
  evaluate(y, _trials, mu, _phi, _order, out) {
    out.value = mu >= 0 ? poissonLogDensity(y, mu, log(mu)) : -Infinity;
    // Without events the mean may be 0.
    const rate = y === 0 ? 0 : y / mu;
    const curvature = y === 0 ? 0 : rate / mu;
    out.dEta = rate - 1;
    out.dEta2 = -curvature;
    out.dEta3 = y === 0 ? 0 : (2 * curvature) / mu;
  },
};

const rows = { log: logLink, identity: identityLink };

export const poisson: Family = {
  name: "poisson",
  slots: [{ kind: "mean", name: "mu", links: Object.keys(rows) }],
  checkResponse: (value) => (isCount(value) ? null : "is not a count (0, 1, 2, ...)"),
  rowLikelihood: (link) => byLink("poisson", rows, link),
  mean: (mu) => mu,
  variance: (mu) => mu,
  isOverdispersible: true,
  conditional: { log: "multinomial" },
  ratios: { log: { singular: "rate ratio", plural: "rate ratios" } },
  simulate: (stream, mu) => randomPoisson(stream, mu),
  cumulative: {
    isDiscrete: true,
    probability(y, mu) {
      if (!(mu >= 0)) return NaN;
      return y < 0 ? 0 : exp(logUpperGamma(Math.floor(y) + 1, mu));
    },
    upper(y, mu) {
      if (!(mu >= 0)) return NaN;
      return y < 0 ? 1 : exp(logLowerGamma(Math.floor(y) + 1, mu));
    },
  },
  stan: {
    log: { isVectorised: true, density: ({ y, eta }) => `poisson_log_lpmf(${y} | ${eta})` },
    identity: { isVectorised: true, density: ({ y, eta }) => `poisson_lpmf(${y} | ${eta})` },
  },
  kernels: {
    log: {
      name: "poisson-log",
      remainder(y) {
        let total = 0;
        for (let i = 0; i < y.length; i++) total -= logFactorial(y[i]);
        return constantRemainder(total);
      },
      weighted: { name: "poisson-log", by: "offset" },
    },
  },
};
