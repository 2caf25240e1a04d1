import type { Jet, JetArithmetic } from "../math/jets.js";
import { exp, expm1, inverseLogit } from "../math/special/elementary.js";
import { logNormalDensity, normalCdf } from "../math/special/normalDistribution.js";

/** mu as a Taylor polynomial of its linear predictor, by the link. */
const inverseLinks: Readonly<Record<string, (eta: Jet, jets: JetArithmetic) => Jet>> = {
  identity: (eta) => eta,
  log: (eta, jets) => jets.exp(eta),
  inverse: (eta, jets) => jets.reciprocal(eta),
  inverse_squared: (eta, jets) => jets.power(eta, -0.5),
  sqrt: (eta, jets) => jets.multiply(eta, eta),
  logit(eta, jets) {
    const [p, q] = [inverseLogit(eta[0]), inverseLogit(-eta[0])];
    return jets.compose(eta, p, p * q, p * q * (q - p), p * q * (1 - 6 * p * q));
  },
  probit(eta, jets) {
    const z = eta[0];
    const density = exp(logNormalDensity(z));
    return jets.compose(eta, normalCdf(z), density, -z * density, (z * z - 1) * density);
  },
  cloglog(eta, jets) {
    const m = exp(eta[0]);
    const slope = exp(eta[0] - m);
    return jets.compose(eta, -expm1(-m), slope, slope * (1 - m), slope * ((1 - m) * (1 - m) - m));
  },
};

/** Throws RangeError for a link that has no polynomial. */
export function inverseLinkNamed(link: string): (eta: Jet, jets: JetArithmetic) => Jet {
  if (Object.hasOwn(inverseLinks, link)) return inverseLinks[link];
  throw new RangeError(`no Taylor polynomial of the inverse of the link "${link}"`);
}
