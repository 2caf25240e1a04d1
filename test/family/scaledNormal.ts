import { defineFamily } from "../../src/family/defineFamily.js";
import type { Family } from "../../src/family/Family.js";
import { normal } from "../../src/family/normal.js";
import { newRowDerivatives } from "../../src/family/rowLikelihoods.js";

/**
 * A family with two parameters besides its mean, one of them between 0 and 1: a normal response whose sd is their product, so that with one of
 * them held at a number it is the family `normal`.
 */
export const scaledNormal: Family = defineFamily({
  name: "scaled_normal",
  slots: [
    { kind: "mean", name: "mu", links: ["identity", "log"] },
    { kind: "auxiliary", name: "scale", links: ["log", "identity"] },
    {
      kind: "auxiliary",
      name: "share",
      links: ["logit", "identity"],
      support: "probability",
      prior: { distribution: "beta", arguments: [2, 2] },
    },
  ],
  checkResponse: normal.checkResponse,
  rowLikelihood(link) {
    const row = normal.rowLikelihood(link);
    const inner = newRowDerivatives(1);
    return {
      evaluate(y, trials, eta, { 0: scale, 1: share }, order, out) {
        row.evaluate(y, trials, eta, [scale * share], order, inner);
        out.value = inner.value;
        out.dEta = inner.dEta;
        out.dEta2 = inner.dEta2;
        out.dEta3 = inner.dEta3;
        for (const part of ["dPhi", "dEtaPhi", "dEta2Phi"] as const) {
          out[part][0] = share * inner[part][0];
          out[part][1] = scale * inner[part][0];
        }
      },
    };
  },
  mean: (mu) => mu,
  variance: (_mu, phi) => (phi[0] * phi[1]) ** 2,
  simulate: (stream, mu, phi) => mu + phi[0] * phi[1] * stream.normal(),
  cumulative: {
    isDiscrete: false,
    probability: (y, mu, phi, trials) => normal.cumulative?.probability(y, mu, [phi[0] * phi[1]], trials) ?? NaN,
  },
});
