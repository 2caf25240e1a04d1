import type { Auxiliary, Family } from "../../family/Family.js";
import { linkNamed } from "../../family/links.js";
import { continuousQuantile, discreteQuantile } from "../../family/quantile.js";
import { findRootOutward } from "../../math/optimize/findRoot.js";
import { normalQuantile } from "../../math/special/normalDistribution.js";
import { marginalMean } from "../marginalMean.js";
import { isOfCategories } from "./categoryQuantities.js";
import { expectation } from "./expectation.js";
import type { Quantity, ResponseEvent } from "./Quantity.js";
import { type ResponseFunction, type ResponseFunctions, responseFunctions } from "./responseFunctions.js";

/** What a response's distribution is made of at one value of an ensemble: the means and variances of the predictors of its mean and of one other parameter, which are normal. */
export interface Mixing {
  readonly eta: number;
  readonly etaVariance: number;
  readonly psi: number;
  readonly psiVariance: number;
  readonly trials: number;
  /** The family's parameters besides the mean, by that predictor. */
  parameters(psi: number): Auxiliary;
}

/** A number of the distribution of a response. */
export type MixedFunction = (mixing: Mixing) => number;

/** A quantity of the distribution of a response whose predictors are normal, integrated over them; of the plain distribution where their variances are zero. */
export function mixedFunction(quantity: Quantity, family: Family, link: string): MixedFunction {
  const plain = responseFunctions(family, link);
  switch (quantity.kind) {
    case "mean":
      return mixedMean(family, link);
    case "variance":
      return mixedVariance(family, link);
    case "sd": {
      const variance = mixedVariance(family, link);
      return (mixing) => Math.sqrt(variance(mixing));
    }
    case "probability": {
      const over = integrator(family, link);
      const probability = plain.probability(quantity.event);
      const center = centerOf(quantity.event);
      return (mixing) => over(probability, mixing, center);
    }
    case "quantile":
      return mixedQuantile(quantity.probability, family, link);
  }
}

type Integrator = (f: ResponseFunction, mixing: Mixing, center?: number | null) => number;

/**
 * The mean over both predictors; `center` is the response about which a function of them has its mass, where that may be in a few places of theirs alone. Of a normal
 * response with the identity link the variance of the one is that of the response besides.
 */
function integrator(family: Family, link: string): Integrator {
  const isNormal = isNormalWhole(family, link);
  const widthAt = bumpWidth(family, link);
  return (f, { eta, etaVariance, psi, psiVariance, trials, parameters }, center = null) =>
    expectation(
      (at) => {
        const phi = parameters(at);
        if (isNormal) return f(eta, [Math.sqrt(phi[0] * phi[0] + etaVariance)], trials);
        const width = center === null ? Infinity : widthAt(center, phi, trials);
        return expectation((x) => f(x, phi, trials), eta, etaVariance, width);
      },
      psi,
      psiVariance,
    );
}

/** Whether a response is normal also with its effects integrated out. */
function isNormalWhole({ isNormal }: Family, link: string): boolean {
  return isNormal === true && link === "identity";
}

/** The middle of an interval; null of an event that has no two ends. */
function centerOf({ from, to }: ResponseEvent): number | null {
  return from === null || to === null ? null : (from.value + to.value) / 2;
}

/** How far about it a linear predictor lies at which a response is likely; Infinity where no mean is that response. */
function bumpWidth(family: Family, link: string): ResponseFunction {
  if (isOfCategories(family)) return () => CATEGORY_WIDTH;
  if (family.meanIsMu === false) return widthAtMean(responseFunctions(family, link));
  const { link: toEta, dMuDEta } = linkNamed(link);
  return (center, phi, trials) => {
    const whole = family.mean(1, phi, trials);
    const mu = center / whole;
    const width = Math.sqrt(family.variance(mu, phi, trials)) / (whole * dMuDEta(toEta(mu)));
    return width > 0 ? width : Infinity;
  };
}

/** The same for a family whose mean is not mu: the sd of a response over the slope of its mean, where that is the response. */
function widthAtMean({ mean, variance }: ResponseFunctions): ResponseFunction {
  return (center, phi, trials) => {
    const { position, converged } = findRootOutward((eta) => mean(eta, phi, trials) - center, 0, 1);
    const rise = mean(position + HALF_STEP, phi, trials) - mean(position - HALF_STEP, phi, trials);
    const width = (2 * HALF_STEP * Math.sqrt(variance(position, phi, trials))) / Math.abs(rise);
    return converged && width > 0 ? width : Infinity;
  };
}

/** Over which the probability of a category changes: the scale of the latent variable. */
const CATEGORY_WIDTH = 1;

/** Of the difference that the slope of a mean is told by, in its linear predictor. */
const HALF_STEP = 1e-4;

function mixedMean(family: Family, link: string): MixedFunction {
  if (family.meanIsMu === false) {
    const { mean } = responseFunctions(family, link);
    const over = integrator(family, link);
    return (mixing) => over(mean, mixing);
  }
  const over = marginalMean(link);
  return ({ eta, etaVariance, psi, trials, parameters }) =>
    family.mean(over(eta, etaVariance), parameters(psi), trials);
}

/** The mean of the variance and the variance of the mean. */
function mixedVariance(family: Family, link: string): MixedFunction {
  const { mean, variance } = responseFunctions(family, link);
  const over = integrator(family, link);
  const center = mixedMean(family, link);
  const isNormal = isNormalWhole(family, link);
  return (mixing) => {
    const within = over(variance, mixing);
    if (family.meanIsMu !== false && (isNormal || !(mixing.etaVariance > 0))) return within;
    const middle = center(mixing);
    if (family.meanIsMu === false) return within + over((...at) => (mean(...at) - middle) ** 2, mixing);
    return within + over((eta, phi, trials) => (mean(eta, phi, trials) - middle) ** 2, { ...mixing, psiVariance: 0 });
  };
}

/** Where the distribution function, integrated, reaches the probability. */
function mixedQuantile(probability: number, family: Family, link: string): MixedFunction {
  const plain = responseFunctions(family, link);
  const ofPlain = plain.quantile(probability);
  const { cumulative } = family;
  const { inverseLink, dMuDEta } = linkNamed(link);
  const over = integrator(family, link);
  const mean = mixedMean(family, link);
  const variance = mixedVariance(family, link);
  const z = normalQuantile(probability);
  const isNormal = isNormalWhole(family, link);
  return (mixing) => {
    const { eta, etaVariance, psi, psiVariance, trials, parameters } = mixing;
    const phi = Float64Array.from(parameters(psi));
    if (!(psiVariance > 0)) {
      if (!(etaVariance > 0)) return ofPlain(eta, phi, trials);
      if (isNormal) return ofPlain(eta, [Math.sqrt(phi[0] * phi[0] + etaVariance)], trials);
    }
    if (cumulative === undefined) return Number.NaN;
    const cdf = (y: number) => over((x, at) => cumulative.probability(y, inverseLink(x), at, trials), mixing);
    const { isDiscrete } = cumulative;
    if (!isDiscrete) {
      const sd = Math.sqrt(variance(mixing));
      return continuousQuantile(cdf, probability, mean(mixing) + z * sd, sd > 0 ? sd : 1);
    }
    const ownVariance = plain.variance(eta, phi, trials) / (family.mean(1, phi, trials) * dMuDEta(eta)) ** 2;
    const spread = Math.sqrt(etaVariance + Math.min(1, ownVariance));
    return discreteQuantile(cdf, probability, plain.mean(eta + z * spread, phi, trials));
  };
}
