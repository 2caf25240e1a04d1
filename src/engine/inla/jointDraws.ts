import { hasFlatCoefficients } from "../../marginal/exploration/standardised.js";
import { rowsOf } from "../../math/linalg/rows.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Steps } from "../../math/steps.js";
import { evaluateMarginal } from "../../posterior/densityMarginals.js";
import type { DensityMarginal, DrawsMarginal } from "../../posterior/Posterior.js";
import { drawCandidates, type LatentShape, pick, type Spreading } from "../laplace/candidates.js";
import { judge, type LocatedPosterior } from "../laplace/laplace.js";
import { entropyTilting } from "./entropyTilting.js";

/** How many joint draws there are, and how many at the least where there are so many quantities that these would make too many numbers. */
const DRAWS = 4000;
const LEAST_DRAWS = 400;
const MOST_NUMBERS = 2e7;

/** Of so many quantities, in hundreds. */
export function jointDrawCount(quantities: number): number {
  const affordable = 100 * Math.floor(MOST_NUMBERS / quantities / 100);
  return Math.min(DRAWS, Math.max(LEAST_DRAWS, affordable));
}

/** A posterior with its mode found, and how it is spread. */
export interface LocatedSpreading extends Spreading {
  readonly integrated: LocatedPosterior;
}

/** What joint draws are made of. */
export interface JointSource extends LocatedSpreading {
  readonly shape: LatentShape;
  /** Of the population parameters, as they are reported. */
  readonly marginals: readonly DensityMarginal[];
}

/**
 * Joint draws of the parameters and the random effects, parameters first, of a posterior whose marginals are known by their densities. Positions are
 * proposed and weighted, and effects drawn given each, as by the engine laplace; the weights are then moved as little as it takes to give
 * every parameter the mean, the sd and the quantiles of its marginal (raking: Deming & Stephan 1940). Each draw stays as it was drawn: what holds
 * between quantities, as in a sum of an intercept and an effect or in a matrix of correlations, holds in every draw, which it would not if
 * each quantity were moved to its own marginal's quantile.
 */
export function* jointDraws(source: JointSource, stream: RandomStream): Steps<readonly DrawsMarginal[]> {
  const { integrated, coordinates, shape, marginals } = source;
  const { parameterKinds, quantities } = integrated.marginal.view;
  const count = jointDrawCount(quantities.parameters.length + quantities.randomEffects.length);
  const candidates = yield* drawCandidates(source, { draws: count }, shape, stream);
  const hasHeavyTails = hasFlatCoefficients(coordinates);
  const { weights } = judge(integrated, candidates, hasHeavyTails).used;
  const stride = candidates.columns[0].length / weights.length;
  const values = marginals.map((_, k) => weights.map((__, i) => candidates.columns[k][i * stride]));
  const functions = marginals.flatMap((marginal, k) =>
    agreement(marginal, values[k], hasHeavyTails && parameterKinds[k] === "coefficient"),
  );
  const raked = rakedWeights(weights, functions);
  return (yield* pick(candidates, coordinates, raked, count, stream.uniform())).marginals;
}

/** The quantiles that are to agree. */
const PROBABILITIES = [0.05, 0.25, 0.5, 0.75, 0.95];

/**
 * What has a mean of zero and a variance of about one over values that have the marginal's mean, sd and quantiles; with heavy tails the quantiles
 * alone, for a few draws make most of a sum of squares. Nothing for a constant.
 */
function agreement(marginal: DensityMarginal, values: Float64Array, hasHeavyTails: boolean): Float64Array[] {
  const { mean, sd } = marginal;
  if (!(sd > 0)) return [];
  const z = values.map((value) => (value - mean) / sd);
  const ofMoments = hasHeavyTails ? [] : [z, z.map((value) => (value * value - 1) / Math.SQRT2)];
  const ofQuantiles = PROBABILITIES.map((probability) => {
    const [limit, unit] = [
      evaluateMarginal(marginal, "quantile", probability),
      Math.sqrt(probability * (1 - probability)),
    ];
    return values.map((value) => ((value <= limit ? 1 : 0) - probability) / unit);
  });
  return [...ofMoments, ...ofQuantiles];
}

/**
 * How much of a demand on the weights may be left: a hundredth of one that stands alone. Of demands that nearly contradict each other, as those of
 * an intercept and a slope that are all but functions of one another may, what they differ by is left, for it would be a large part of the sd of their sum.
 */
const SLACK = 0.01;

/** The functions have a value for each of the weights. */
function rakedWeights(weights: Float64Array, functions: readonly Float64Array[]): Float64Array {
  const at = rowsOf(weights.length, functions.length);
  for (const [k, values] of functions.entries()) for (let i = 0; i < at.length; i++) at[i][k] = values[i];
  return entropyTilting(weights, at, SLACK)?.weights ?? weights;
}
