import type { JetLogDensity, JetSupports } from "../../src/family/rowsByJets.js";
import type { Jet, JetArithmetic } from "../../src/math/jets.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);

interface JetDensity {
  readonly supports: JetSupports;
  readonly logDensity: JetLogDensity;
}

/** log B(a, b) */
function logBeta(a: Jet, b: Jet, jets: JetArithmetic): Jet {
  return jets.subtract(jets.add(jets.lgamma(a), jets.lgamma(b)), jets.lgamma(jets.add(a, b)));
}

/** (a - 1) log y + (b - 1) log(1 - y) - log B(a, b) */
function betaLogDensity(y: number, mu: Jet, phi: Jet, jets: JetArithmetic): Jet {
  const a = jets.multiply(mu, phi);
  const b = jets.subtract(phi, a);
  const powers = jets.add(jets.linear(Math.log(y), a, -Math.log(y)), jets.linear(Math.log1p(-y), b, -Math.log1p(-y)));
  return jets.subtract(powers, logBeta(a, b, jets));
}

/** The textbook log densities of families whose rows are written by hand, term by term. */
export const jetDensities: Readonly<Record<string, JetDensity>> = {
  normal: {
    supports: { mean: "real", auxiliary: ["positive"] },
    logDensity(y, _, mu, [sigma], jets) {
      const z = jets.divide(jets.linear(-1, mu, y), sigma);
      return jets.subtract(jets.linear(-0.5, jets.multiply(z, z), -0.5 * LOG_TWO_PI), jets.log(sigma));
    },
  },
  student_t: {
    supports: { mean: "real", auxiliary: ["positive", "positive"] },
    logDensity(y, _, mu, [sigma, nu], jets) {
      const z = jets.divide(jets.linear(-1, mu, y), sigma);
      const half = jets.linear(0.5, nu, 0.5);
      const constant = jets.subtract(jets.lgamma(half), jets.lgamma(jets.linear(0.5, nu, 0)));
      const scale = jets.add(jets.linear(0.5, jets.log(nu), 0.5 * Math.log(Math.PI)), jets.log(sigma));
      const kernel = jets.multiply(half, jets.log1p(jets.divide(jets.multiply(z, z), nu)));
      return jets.subtract(constant, jets.add(scale, kernel));
    },
  },
  lognormal: {
    supports: { mean: "real", auxiliary: ["positive"] },
    logDensity(y, _, mu, [sigma], jets) {
      const z = jets.divide(jets.linear(-1, mu, Math.log(y)), sigma);
      const square = jets.linear(-0.5, jets.multiply(z, z), -0.5 * LOG_TWO_PI - Math.log(y));
      return jets.subtract(square, jets.log(sigma));
    },
  },
  gamma: {
    supports: { mean: "positive", auxiliary: ["positive"] },
    logDensity(y, _, mu, [shape], jets) {
      const rate = jets.divide(shape, mu);
      const powers = jets.add(jets.multiply(shape, jets.log(rate)), jets.linear(Math.log(y), shape, -Math.log(y)));
      return jets.subtract(jets.subtract(powers, jets.linear(y, rate, 0)), jets.lgamma(shape));
    },
  },
  inverse_gaussian: {
    supports: { mean: "positive", auxiliary: ["positive"] },
    logDensity(y, _, mu, [shape], jets) {
      const deviation = jets.divide(jets.linear(-1, mu, y), mu);
      const deviance = jets.linear(0.5 / y, jets.multiply(shape, jets.multiply(deviation, deviation)), 0);
      return jets.subtract(jets.linear(0.5, jets.log(shape), -0.5 * LOG_TWO_PI - 1.5 * Math.log(y)), deviance);
    },
  },
  exponential: {
    supports: { mean: "positive", auxiliary: [] },
    logDensity: (y, _, mu, __, jets) => jets.linear(-1, jets.add(jets.log(mu), jets.divide(jets.constant(y), mu)), 0),
  },
  weibull: {
    supports: { mean: "positive", auxiliary: ["positive"] },
    logDensity(y, _, mu, [shape], jets) {
      const scale = jets.divide(mu, jets.exp(jets.lgamma(jets.linear(1, jets.reciprocal(shape), 1))));
      const ratio = jets.linear(-1, jets.log(scale), Math.log(y));
      const power = jets.multiply(shape, ratio);
      return jets.subtract(jets.add(jets.linear(1, jets.log(shape), -Math.log(y)), power), jets.exp(power));
    },
  },
  beta: {
    supports: { mean: "probability", auxiliary: ["positive"] },
    logDensity: (y, _, mu, [phi], jets) => betaLogDensity(y, mu, phi, jets),
  },
  zero_one_inflated_beta: {
    supports: { mean: "probability", auxiliary: ["positive", "probability", "probability"] },
    logDensity(y, _, mu, [phi, zoi, coi], jets) {
      const complement = (p: Jet) => jets.log(jets.linear(-1, p, 1));
      if (y > 0 && y < 1) return jets.add(complement(zoi), betaLogDensity(y, mu, phi, jets));
      return jets.add(jets.log(zoi), y === 1 ? jets.log(coi) : complement(coi));
    },
  },
};
