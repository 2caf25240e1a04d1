import { randomBinomial } from "../math/random/variates.js";
import { exp } from "../math/special/elementary.js";
import { binomialLogDensity } from "../math/special/countDensities.js";
import { logChoose } from "../math/special/gammaRatio.js";
import { type BinaryLink, binaryLinks } from "./binary.js";
import type { Family, FamilyKernel, RowLikelihood } from "./Family.js";
import { byLink, isCount, newRowDerivatives } from "./rowLikelihoods.js";

export const binomial: Family = {
  name: "binomial",
  slots: [
    { kind: "data", name: "size" },
    { kind: "mean", name: "p", links: ["logit", "probit", "cloglog", "log", "identity"] },
  ],
  checkResponse(value, trials) {
    if (!isCount(trials)) return `has ${trials} trials, which is not a count (0, 1, 2, ...)`;
    if (!isCount(value)) return "is not a count (0, 1, 2, ...)";
    return value <= trials ? null : `is more than its number of trials, ${trials}`;
  },
  rowLikelihood: (link) => binomialRow(byLink("binomial", binaryLinks, link)),
  mean: (mu, trials) => trials * mu,
  variance: (mu, _dispersion, trials) => trials * mu * (1 - mu),
  simulate: (stream, mu, _dispersion, trials) => randomBinomial(stream, trials, mu),
  kernels: { logit: kernel("logit"), probit: kernel("probit"), cloglog: kernel("cloglog") },
};

function binomialRow({ success, failure }: BinaryLink): RowLikelihood {
  const p = newRowDerivatives();
  const q = newRowDerivatives();
  return {
    evaluate(y, trials, eta, _dispersion, order, out) {
      const failures = trials - y;
      // A side without outcomes is left out: its log-probability may be -Infinity. Without trials p still checks eta.
      if (y > 0 || trials === 0) success(eta, order, p);
      if (failures > 0) failure(eta, order, q);

      out.value = binomialLogDensity(y, trials, p.value, q.value);
      out.dEta = weigh(y, p.dEta, failures, q.dEta);
      out.dEta2 = weigh(y, p.dEta2, failures, q.dEta2);
      out.dEta3 = weigh(y, p.dEta3, failures, q.dEta3);
    },
  };
}
