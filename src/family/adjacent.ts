import { logShare } from "../math/logSumExp.js";
import { exp } from "../math/special/elementary.js";
import { type CategoryDensity, latentDistribution, ordinal, thresholdsIn } from "./ordinal.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/** P(Y = k + 1 | Y is k or k + 1) = F(disc (mu - threshold[k])), of neighbouring categories (Agresti 2010, Analysis of Ordinal Categorical Data, section 4.1). */
export const adjacent = ordinal(
  "adjacent",
  "free",
  {
    dividedAt: "P(y = k | y is k or k + 1)",
    aliases: ["acat"],
    ratios: { logit: { singular: "odds ratio", plural: "odds ratios" } },
  },
  adjacentDensity,
);

/** A sum of logs of tails, with its derivatives in the linear predictor, or in a parameter and once and twice in the linear predictor. */
type Three = [number, number, number];

/**
 * With S_m = sum_{j < m} log F(x_j) + sum_{j >= m} log(1 - F(x_j)), x_j = disc (mu - threshold[j]), category k, the one of place i, has log probability -log sum_m exp(S_m - S_i). Only the
 * thresholds between m and i are in S_m - S_i, so that large sums that all categories share do not take its digits.
 */
function adjacentDensity(link: string): CategoryDensity {
  const { below, above } = latentDistribution(link);
  const [up, down] = [newRowDerivatives(0), newRowDerivatives(0)];
  return (k, eta, phi, order, out) => {
    const last = thresholdsIn(phi);
    const disc = phi[last];
    const place = k - 1;
    if (place > last) {
      out.value = Number.NEGATIVE_INFINITY;
      return;
    }
    const sums = new Float64Array(last + 1);
    const bySum: Three[] = Array.from(sums, () => [0, 0, 0]);
    /** Per parameter and category. */
    const byPhi: Three[][] = Array.from({ length: last + 1 }, () => Array.from(sums, (): Three => [0, 0, 0]));
    for (let j = 0; j < last; j++) {
      const distance = eta - phi[j];
      below(disc * distance, order, up);
      above(disc * distance, order, down);
      const [from, to, sign] = j < place ? [0, j, -1] : [j + 1, last, 1];
      for (let m = from; m <= to; m++) {
        sums[m] += sign * (up.value - down.value);
        if (order === 0) continue;
        const first = sign * (up.dEta - down.dEta);
        const second = sign * disc * (up.dEta2 - down.dEta2);
        const third = sign * disc * disc * (up.dEta3 - down.dEta3);
        add(bySum[m], disc * first, disc * second, disc * third);
        add(byPhi[j][m], -disc * first, -disc * second, -disc * third);
        add(byPhi[last][m], distance * first, first + distance * second, 2 * second + distance * third);
      }
    }
    const most = sums.reduce((a, b) => Math.max(a, b));
    const weights = sums.map((sum) => exp(sum - most));
    const total = weights.reduce((a, b) => a + b, 0);
    out.value = logShare(sums, place);
    if (order === 0) return;
    const mean = (value: (m: number) => number) => weights.reduce((sum, w, m) => sum + (w / total) * value(m), 0);
    const M1 = mean((m) => bySum[m][0]);
    const M2 = mean((m) => bySum[m][1] + bySum[m][0] ** 2);
    const M3 = mean((m) => bySum[m][2] + 3 * bySum[m][0] * bySum[m][1] + bySum[m][0] ** 3);
    out.dEta = -M1;
    out.dEta2 = -M2 + M1 * M1;
    out.dEta3 = -M3 + 3 * M1 * M2 - 2 * M1 ** 3;
    byPhi.forEach((u, j) => {
      const N0 = mean((m) => u[m][0]);
      const N1 = mean((m) => u[m][1] + u[m][0] * bySum[m][0]);
      const N2 = mean((m) => u[m][2] + 2 * u[m][1] * bySum[m][0] + u[m][0] * (bySum[m][1] + bySum[m][0] ** 2));
      out.dPhi[j] = -N0;
      out.dEtaPhi[j] = -N1 + N0 * M1;
      out.dEta2Phi[j] = -N2 + 2 * N1 * M1 + N0 * M2 - 2 * N0 * M1 * M1;
    });
  };
}

function add(to: Three, first: number, second: number, third: number): void {
  to[0] += first;
  to[1] += second;
  to[2] += third;
}
