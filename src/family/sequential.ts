import { type CategoryDensity, latentDistribution, ordinal, thresholdsIn } from "./ordinal.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/** P(Y = k | Y >= k) = F(disc (threshold[k] - mu)): the continuation ratio, of stages that are passed one by one (Tutz 1990, Br. J. Math. Stat. Psychol. 43). */
export const sequential = ordinal(
  "sequential",
  "free",
  { dividedAt: "P(y = k | y >= k)", aliases: ["sratio"] },
  sequentialDensity,
);

function sequentialDensity(link: string): CategoryDensity {
  const { below, above } = latentDistribution(link);
  const part = newRowDerivatives(0);
  return (k, eta, phi, order, out) => {
    const last = thresholdsIn(phi);
    const disc = phi[last];
    [out.value, out.dEta, out.dEta2, out.dEta3] = [k <= last + 1 ? 0 : Number.NEGATIVE_INFINITY, 0, 0, 0];
    if (order > 0) for (const derivatives of [out.dPhi, out.dEtaPhi, out.dEta2Phi]) derivatives.fill(0);
    for (let j = 0; j < Math.min(k, last); j++) {
      const distance = phi[j] - eta;
      (j === k - 1 ? below : above)(disc * distance, order, part);
      out.value += part.value;
      if (order === 0) continue;
      const { dEta: first, dEta2: second, dEta3: third } = part;
      out.dEta -= disc * first;
      out.dEta2 += disc * disc * second;
      out.dEta3 -= disc * disc * disc * third;
      out.dPhi[j] = disc * first;
      out.dEtaPhi[j] = -disc * disc * second;
      out.dEta2Phi[j] = disc * disc * disc * third;
      out.dPhi[last] += distance * first;
      out.dEtaPhi[last] -= first + disc * distance * second;
      out.dEta2Phi[last] += disc * (2 * second + disc * distance * third);
    }
  };
}
