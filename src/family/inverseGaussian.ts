import erfcx from "@stdlib/math-base-special-erfcx";
import { exp, log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI } from "../math/special/normalDistribution.js";
import type { Family, RowLikelihood } from "./Family.js";
import { logMeanRows } from "./logMeanRows.js";
import { positiveProblem } from "./positiveProblem.js";
import { byLink } from "./rowLikelihoods.js";
import { stanRows } from "./stanRows.js";

const logLink: RowLikelihood = {
  evaluate(y, _trials, eta, phi, order, out) {
    const shape = phi[0];
    const e = exp(-eta);
    const ratio = y * e;
    const deviance = ((ratio - 1) * (ratio - 1)) / y;
    out.value = shape > 0 ? 0.5 * (log(shape) - 3 * log(y) - shape * deviance) - LOG_SQRT_TWO_PI : -Infinity;
    if (order === 0) return;
    const slope = e * (ratio - 1);
    out.dEta = shape * slope;
    out.dPhi[0] = 0.5 * (1 / shape - deviance);
    if (order === 1) return;
    const bend = e * (1 - 2 * ratio);
    out.dEta2 = shape * bend;
    out.dEtaPhi[0] = slope;
    out.dEta3 = shape * e * (4 * ratio - 1);
    out.dEta2Phi[0] = bend;
  },
};

const rows = logMeanRows(logLink, ["inverse", "identity", "inverse_squared"]);

/** With mean mu and variance mu^3 / shape. */
export const inverseGaussian: Family = {
  name: "inverse_gaussian",
  aliases: ["inverse.gaussian", "wald"],
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "shape", links: ["log", "identity"] },
  ],
  checkResponse: positiveProblem("inverse_gaussian", "hurdle_gamma"),
  rowLikelihood: (link) => byLink("inverse_gaussian", rows, link),
  mean: (mu) => mu,
  variance: (mu, phi) => (mu * mu * mu) / phi[0],
  ratios: { log: { singular: "ratio of means", plural: "ratios of means" } },
  // Michael, Schucany & Haas (1976).
  simulate(stream, mu, phi) {
    const z = stream.normal();
    const half = (0.5 * mu * z * z) / phi[0];
    // The smaller root of the quadratic equation, mu (1 + half - sqrt(2 half + half^2)).
    const root = mu / (1 + half + Math.sqrt(half * (2 + half)));
    return stream.uniform() * (mu + root) <= mu ? root : (mu * mu) / root;
  },
  cumulative: {
    isDiscrete: false,
    probability(y, mu, phi) {
      if (!(mu > 0 && phi[0] > 0)) return NaN;
      if (!(y > 0)) return 0;
      return y < mu ? tails(y, mu, phi[0], 1) : 1 - tails(y, mu, phi[0], -1);
    },
    upper(y, mu, phi) {
      if (!(mu > 0 && phi[0] > 0)) return NaN;
      if (!(y > 0)) return 1;
      return y < mu ? 1 - tails(y, mu, phi[0], 1) : tails(y, mu, phi[0], -1);
    },
  },
  stan: stanRows(
    Object.keys(rows),
    ({ y, mu, phi }) =>
      `0.5 * log(${phi[0]} / (2 * pi())) - 1.5 * log(${y}) - 0.5 * ${phi[0]} * square(${y} / ${mu} - 1) / ${y}`,
  ),
};

/**
 * The tail beyond y on its side of the mean, exp(-a^2 / 2) / 2 times the sum (below) or difference (above) of erfcx at a and b over sqrt 2, for
 * a, b = sqrt(shape / y) |y / mu -+ 1|: the usual sum of two normal probabilities without exp(2 shape / mu), which overflows.
 */
function tails(y: number, mu: number, shape: number, sign: 1 | -1): number {
  const scale = Math.sqrt(shape / y);
  const a = scale * Math.abs(y / mu - 1);
  const b = scale * (y / mu + 1);
  return 0.5 * exp(-0.5 * a * a) * (erfcx(a * Math.SQRT1_2) + sign * erfcx(b * Math.SQRT1_2));
}
