import { exp, log, log1p } from "../math/special/elementary.js";
import { logLessDigamma, tetragamma, trigamma, trigammaExcess } from "../math/special/polygamma.js";
import { betaHeight } from "../math/special/saddlePoint.js";
import { type BinaryLink, binaryLinks } from "./binary.js";
import type { RowLikelihood } from "./Family.js";
import { newRowDerivatives } from "./rowLikelihoods.js";

/**
 * Rows of the beta distribution of mean mu and precision phi, shapes mu phi and (1 - mu) phi, by the link. The logs of mu and of 1 - mu come
 * from the link, so that neither loses its digits near its end.
 */
export const betaRows: Readonly<Record<string, RowLikelihood>> = Object.fromEntries(
  Object.entries(binaryLinks).map(([name, link]) => [name, betaRow(link)]),
);

function betaRow({ success, failure }: BinaryLink): RowLikelihood {
  const p = newRowDerivatives(0);
  const q = newRowDerivatives(0);
  return {
    evaluate(y, _trials, eta, parameters, order, out) {
      const phi = parameters[0];
      success(eta, order, p);
      failure(eta, order, q);
      const mu = exp(p.value);
      const rest = exp(q.value);
      const a = mu * phi;
      const b = rest * phi;
      const logY = log(y);
      const logRest = log1p(-y);
      const above = logY - p.value;
      const below = logRest - q.value;
      out.value = phi > 0 && a > 0 && b > 0 ? betaHeight(a, b) + a * above + b * below - logY - logRest : -Infinity;
      if (order === 0) return;
      const [pullA, pullB] = [above + logLessDigamma(a), below + logLessDigamma(b)];
      // Derivatives of the log density in mu, and of mu in eta.
      const pull = pullA - pullB;
      const first = phi * pull;
      const slope = mu * p.dEta;
      out.dEta = first * slope;
      out.dPhi[0] = mu * pullA + rest * pullB - logLessDigamma(phi);
      if (order === 1) return;
      const second = -phi * phi * (trigamma(a) + trigamma(b));
      const mixed = pull - a * trigammaExcess(a) + b * trigammaExcess(b);
      const bend = mu * (p.dEta2 + p.dEta * p.dEta);
      out.dEta2 = second * slope * slope + first * bend;
      out.dEtaPhi[0] = mixed * slope;
      if (order === 2) return;
      const [thirdA, thirdB] = [tetragamma(a), tetragamma(b)];
      const third = -phi * phi * phi * (thirdA - thirdB);
      const twist = mu * (p.dEta3 + 3 * p.dEta * p.dEta2 + p.dEta * p.dEta * p.dEta);
      out.dEta3 = third * slope * slope * slope + 3 * second * slope * bend + first * twist;
      const mixed2 = (2 * second) / phi - phi * (a * thirdA + b * thirdB);
      out.dEta2Phi[0] = mixed2 * slope * slope + mixed * bend;
    },
  };
}
