import { binaryLatentVariances, binaryLinks, binaryRatios, stanOfLinks } from "./binary.js";
import type { Family, FamilyKernel } from "./Family.js";
import { byLink, constantRemainder } from "./rowLikelihoods.js";

export const bernoulli: Family = {
  name: "bernoulli",
  slots: [{ kind: "mean", name: "p", links: Object.keys(binaryLinks) }],
  checkResponse: (value) => (value === 0 || value === 1 ? null : "is neither 0 nor 1"),
  rowLikelihood(link) {
    const { success, failure } = byLink("bernoulli", binaryLinks, link);
    return {
      evaluate(y, _trials, eta, _phi, order, out) {
        if (y === 1) success(eta, order, out);
        else failure(eta, order, out);
      },
    };
  },
  mean: (mu) => mu,
  variance: (mu) => mu * (1 - mu),
  ratios: binaryRatios,
  latentVariance: binaryLatentVariances,
  conditional: { logit: "logistic" },
  simulate: (stream, mu) => (stream.uniform() < mu ? 1 : 0),
  cumulative: {
    isDiscrete: true,
    probability(y, mu) {
      if (!(mu >= 0 && mu <= 1)) return NaN;
      if (y < 0) return 0;
      return y < 1 ? 1 - mu : 1;
    },
    upper(y, mu) {
      if (!(mu >= 0 && mu <= 1)) return NaN;
      if (y < 0) return 1;
      return y < 1 ? mu : 0;
    },
  },
  stan: {
    ...stanOfLinks(({ y, success, failure }) => `(${y} == 1 ? ${success} : ${failure})`),
    logit: { isVectorised: true, density: ({ y, eta }) => `bernoulli_logit_lpmf(${y} | ${eta})` },
  },
  kernels: { logit: kernel("logit"), probit: kernel("probit"), cloglog: kernel("cloglog") },
};

/** The kernels leave out nothing. */
function kernel(link: string): FamilyKernel {
  return {
    name: `bernoulli-${link}`,
    remainder: () => constantRemainder(0),
    weighted: { name: `binomial-${link}`, by: "trials" },
  };
}
