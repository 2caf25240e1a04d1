import type { LatentGaussian, LatentValues } from "../density/LatentGaussian.js";
import { dot } from "../math/linalg/triangularFactor.js";
import { mean, standardDeviation } from "../math/moments.js";
import { psis } from "../math/psis.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import { exp, log } from "../math/special/elementary.js";
import { effectsVectors } from "./BlockCholesky.js";
import { effectsHessian } from "./EffectsHessian.js";
import { scaleEffects } from "./effects.js";
import { type EffectsProposal, effectsProposal } from "./effectsProposal.js";
import { type GivenEffects, givenEffects } from "./givenEffects.js";
import { nestedHessian } from "./nestedHessian.js";
import { TreeQuadrature } from "./treeQuadrature.js";

/** A marginal log-likelihood by importance sampling. */
export interface ImportanceEstimate {
  readonly logLikelihood: number;
  /** Of `logLikelihood`, from the spread of the pairs. */
  readonly standardError: number;
  /** Below `largestReliableK` of the draws the two numbers above can be believed. */
  readonly paretoK: number;
  readonly effectiveSampleSize: number;
  readonly draws: number;
}

/** Of the quadrature: 11 a dimension leave less error than the draws do even for sds of 3, and so many in all are to be had in the time. */
const MOST_POINTS = 11;
const MOST_NODES = 125;

/**
 * The marginal likelihood at given parameters where two factors or more are in the way of quadrature. The effects v of all factors but
 * the one with the most are drawn from a Gaussian approximation q (`effectsProposal`), an even number of times, in pairs on either side
 * of its mean; given them the levels of that one are independent, and are integrated by Gauss-Hermite quadrature about their means under
 * the same approximation. The weights p(y | v) N(v; 0, I) / q(v) are thus over the fewest effects; for a Gaussian likelihood they are
 * constant. Null where the conditional modes or the weights cannot be computed. Throws RangeError for fewer than two factors.
 */
export function importanceSampling(
  view: LatentGaussian,
  values: LatentValues,
  stream: RandomStream,
  draws: number,
): ImportanceEstimate | null {
  if (view.factors.length < 2) throw new RangeError("importance sampling is for two grouping factors or more");
  const given = givenEffects(view, largestFactor(view));
  const factorisation = nestedHessian(given.view);
  const proposal = effectsProposal(view, values, given, effectsHessian(given.view, factorisation));
  if (proposal === null) return null;
  const quadrature = new TreeQuadrature(given.view, factorisation, pointsFor(given.view.factors[0].effects));
  return estimate(drawLogWeights(view, values, given, proposal, quadrature, stream, draws));
}

function drawLogWeights(
  view: LatentGaussian,
  values: LatentValues,
  { free, valuesOf }: GivenEffects,
  { mean, table, logDeterminant, draw }: EffectsProposal,
  quadrature: TreeQuadrature,
  stream: RandomStream,
  draws: number,
): Float64Array {
  const ownValues = valuesOf(values);
  const [step, point, b] = [effectsVectors(view), effectsVectors(view), effectsVectors(view)];
  const [shift, eta] = [new Float64Array(view.rows), new Float64Array(view.rows)];
  /** log p(y | v) N(v; 0, I) at v = mean + sign * step; like `logProposal` without log 2 pi, and with 1/2 log |H_uu|. */
  const logIntegrand = (sign: 1 | -1): number => {
    let squares = 0;
    mean.forEach((part, f) => {
      for (let k = 0; k < part.length; k++) point[f][k] = part[k] + sign * step[f][k];
      if (f !== free) squares += dot(point[f], point[f]);
    });
    for (let i = 0; i < eta.length; i++) eta[i] = table.eta[i] + sign * shift[i];
    return quadrature.integrate(ownValues, { u: [point[free]], table: { eta, psi: table.psi } }, false) - 0.5 * squares;
  };
  const logWeights = new Float64Array(draws);
  for (let s = 0; s < draws; s += 2) {
    const logProposal = 0.5 * (logDeterminant - draw(stream, step));
    step.forEach((part, f) => {
      scaleEffects(values.Lambda[f], part, b[f]);
    });
    view.predictEffects(b, shift);
    logWeights[s] = logIntegrand(1) - logProposal;
    logWeights[s + 1] = logIntegrand(-1) - logProposal;
  }
  return logWeights.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value));
}

function pointsFor(effects: number): number {
  let points = MOST_POINTS;
  while (points > 1 && points ** effects > MOST_NODES) points--;
  return points;
}

/** The factor with the most effects. */
function largestFactor({ factors }: LatentGaussian): number {
  const sizes = factors.map(({ levels, effects }) => levels * effects);
  return sizes.indexOf(Math.max(...sizes));
}

/** The log of the mean weight. The two draws of a pair are not independent, the pairs are. */
function estimate(given: Float64Array): ImportanceEstimate | null {
  const { logWeights, paretoK, effectiveSampleSize } = psis(given);
  const largest = logWeights.reduce((a, b) => Math.max(a, b));
  if (largest === Number.NEGATIVE_INFINITY) return null;
  const pairs = Float64Array.from({ length: given.length / 2 }, (_, k) => {
    return 0.5 * (exp(logWeights[2 * k] - largest) + exp(logWeights[2 * k + 1] - largest));
  });
  const average = mean(pairs);
  return {
    logLikelihood: largest + log(average),
    standardError: standardDeviation(pairs) / (Math.sqrt(pairs.length) * average),
    paretoK,
    effectiveSampleSize,
    draws: given.length,
  };
}
