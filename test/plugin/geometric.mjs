// A family and a prior as plain records, without an import of the library.

/** Failures before the first success, with probability p: P(y) = p (1 - p)^y. */
export const geometric = {
  name: "geometric",
  slots: [{ kind: "mean", name: "p", links: ["logit"] }],
  checkResponse: (y) => (Number.isInteger(y) && y >= 0 ? null : "is not a count (0, 1, 2, ...)"),
  rowLikelihood: () => ({
    evaluate(y, _trials, eta, _phi, _order, out) {
      const p = 1 / (1 + Math.exp(-eta));
      const q = 1 - p;
      out.value = Math.log(p) + y * Math.log1p(-p);
      out.dEta = q - y * p;
      out.dEta2 = -(1 + y) * p * q;
      out.dEta3 = -(1 + y) * p * q * (q - p);
    },
  }),
  mean: (p) => (1 - p) / p,
  variance: (p) => (1 - p) / p ** 2,
  simulate: (stream, p) => Math.floor(Math.log(stream.uniform()) / Math.log1p(-p)),
};

/** logistic(location, scale). */
export const logistic = {
  name: "logistic",
  parameters: [
    { name: "location", check: () => null },
    { name: "scale", check: (value) => (value > 0 ? null : "must be positive") },
  ],
  make([location, scale]) {
    const cdf = (x) => 1 / (1 + Math.exp(-(x - location) / scale));
    return {
      lower: -Infinity,
      upper: Infinity,
      proper: true,
      logDensity: (x) => Math.log(cdf(x)) + Math.log(1 - cdf(x)) - Math.log(scale),
      derivative: (x) => (1 - 2 * cdf(x)) / scale,
      logProbability: (lower, upper) => Math.log(cdf(upper) - cdf(lower)),
      quantile: (p) => location + scale * Math.log(p / (1 - p)),
    };
  },
};

export const somethingElse = 3;
