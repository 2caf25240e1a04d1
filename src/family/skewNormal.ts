import type { Jet, JetArithmetic } from "../math/jets.js";
import { LOG_SQRT_TWO_PI } from "../math/special/normalDistribution.js";
import { skewNormalCdf } from "../math/special/skewNormalCdf.js";
import type { Auxiliary, Family } from "./Family.js";
import { byLink } from "./rowLikelihoods.js";
import { type JetSupports, rowsByJets } from "./rowsByJets.js";
import { stanRows } from "./stanRows.js";

const supports: JetSupports = { mean: "real", auxiliary: ["positive", "real"] };
const rows = {
  identity: rowsByJets("identity", supports, logDensity),
  log: rowsByJets("log", supports, logDensity),
};

/** The mean of the skew normal distribution of scale 1 about its location 0, over delta = alpha / sqrt(1 + alpha^2). */
const UNIT_MEAN = Math.sqrt(2 / Math.PI);

/** 2 phi(z) Phi(alpha z) / omega with z = (y - xi) / omega, by its mean mu and its sd sigma, as in brms. */
function logDensity(y: number, _trials: number, mu: Jet, [sigma, alpha]: readonly Jet[], jets: JetArithmetic): Jet {
  const root = jets.sqrt(jets.linear(1, jets.multiply(alpha, alpha), 1));
  const unitMean = jets.linear(UNIT_MEAN, jets.divide(alpha, root), 0);
  // sigma / omega
  const unitSd = jets.sqrt(jets.linear(-1, jets.multiply(unitMean, unitMean), 1));
  const deviation = jets.divide(jets.linear(-1, mu, y), sigma);
  const z = jets.add(jets.multiply(deviation, unitSd), unitMean);
  const density = jets.linear(-0.5, jets.multiply(z, z), Math.LN2 - LOG_SQRT_TWO_PI);
  const scale = jets.log(jets.divide(unitSd, sigma));
  return jets.add(jets.add(density, scale), jets.logNormalCdf(jets.multiply(alpha, z)));
}

/** With mean mu, sd sigma and slant alpha; normal at alpha = 0. */
export const skewNormal: Family = {
  name: "skew_normal",
  slots: [
    { kind: "mean", name: "mu", links: Object.keys(rows) },
    { kind: "auxiliary", name: "sigma", links: ["log", "identity"], prior: "response" },
    {
      kind: "auxiliary",
      name: "alpha",
      links: ["identity"],
      support: "real",
      prior: { distribution: "normal", arguments: [0, 4] },
    },
  ],
  locationOf: (y) => y,
  checkResponse: (value) => (Number.isFinite(value) ? null : "is not a finite number"),
  rowLikelihood: (link) => byLink("skew_normal", rows, link),
  mean: (mu) => mu,
  variance: (_mu, phi) => phi[0] * phi[0],
  ratios: { log: { singular: "ratio of means", plural: "ratios of means" } },
  simulate(stream, mu, phi) {
    const { delta, location, scale } = centred(mu, phi);
    return location + scale * (delta * Math.abs(stream.normal()) + Math.sqrt(1 - delta * delta) * stream.normal());
  },
  cumulative: {
    isDiscrete: false,
    probability(y, mu, phi) {
      const { location, scale } = centred(mu, phi);
      return phi[0] > 0 ? skewNormalCdf((y - location) / scale, phi[1]) : NaN;
    },
    upper(y, mu, phi) {
      const { location, scale } = centred(mu, phi);
      return phi[0] > 0 ? skewNormalCdf((location - y) / scale, -phi[1]) : NaN;
    },
  },
  stan: stanRows(Object.keys(rows), ({ y, mu, phi: [sigma, alpha] }) => {
    const unitMean = `sqrt(2 / pi()) * ${alpha} / sqrt(1 + square(${alpha}))`;
    const scale = `${sigma} / sqrt(1 - square(${unitMean}))`;
    return `skew_normal_lpdf(${y} | ${mu} - ${scale} * ${unitMean}, ${scale}, ${alpha})`;
  }),
};

/** The location and the scale that give the mean and the sd. */
function centred(mu: number, phi: Auxiliary) {
  const [sigma, alpha] = [phi[0], phi[1]];
  const delta = alpha / Math.sqrt(1 + alpha * alpha);
  const unitMean = UNIT_MEAN * delta;
  const scale = sigma / Math.sqrt(1 - unitMean * unitMean);
  return { delta, scale, location: mu - scale * unitMean };
}
