import { negativeLogLikelihood } from "../../dist/engine/ml/fitMarginal.js";
import { LinearCriterion } from "../../dist/engine/ml/lmm/criterion.js";
import { linearProducts } from "../../dist/engine/ml/lmm/products.js";
import { relativeCovariance } from "../../dist/engine/ml/lmm/relativeCovariance.js";
import { type ParameterVector, parameterVector } from "../../dist/engine/ml/parameterVector.js";
import { createStream, type LatentGaussian } from "../../dist/index.js";
import type { MarginalLikelihood } from "../../dist/marginal/likelihoods/MarginalLikelihood.js";
import { minimize } from "../../dist/math/optimize/minimize.js";
import type { Objective } from "../../dist/math/optimize/Objective.js";
import { runSync } from "../../src/math/steps.js";

export const starts = 10;
/** In units of an sd. */
const FAR = 20;

type Stream = ReturnType<typeof createStream>;
type Place = { readonly part?: string; readonly row?: number; readonly column?: number };

/**
 * The highest log-likelihood of a linear mixed model that searches from ten random starts reach, those on their way to infinite sds left out. They go over Lambda without bounds, where
 * the engine's own search keeps to a diagonal that is not negative.
 */
export function bestLinear(view: LatentGaussian, reml: boolean, seed: string): number {
  const products = linearProducts(view);
  const criterion = new LinearCriterion(products, reml);
  const layout = relativeCovariance(products, parameterVector(view));
  const [Lambda, gradients] = [layout.matrices(), layout.matrices()];
  const objective: Objective = (theta, gradient) => {
    layout.unpack(theta, Lambda);
    const { value } = criterion.evaluate(Lambda, gradients);
    layout.adjoint(gradients, gradient);
    return value;
  };
  return bestOf(objective, layout.entries, layout.start, createStream(seed, 1));
}

/** The same for a likelihood with the effects integrated out, Laplace's approximation to it included. */
export function bestMarginal(marginal: MarginalLikelihood, start: Float64Array, seed: string): number {
  const vector: ParameterVector = parameterVector(marginal.view);
  return bestOf(negativeLogLikelihood(marginal, vector), vector.coordinates, start, createStream(seed, 1));
}

function bestOf(objective: Objective, places: readonly Place[], start: Float64Array, stream: Stream): number {
  let best = Infinity;
  for (let k = 0; k < starts; k++) {
    const { value, position } = runSync(minimize(objective, drawnStart(places, start, stream)));
    if (value < best && !hasRunAway(places, position)) best = value;
  }
  return -best;
}

/** Whether a search was on its way to infinite sds, where there is no maximum, and where Laplace's approximation is none of the likelihood. */
function hasRunAway(places: readonly Place[], position: Float64Array): boolean {
  return places.some(({ row }, i) => row !== undefined && Math.abs(position[i]) > FAR);
}

/** `start` with entries of Lambda that are drawn: sds over two orders of magnitude, correlations of either sign. */
function drawnStart(places: readonly Place[], start: Float64Array, stream: Stream): Float64Array {
  const scale = 0.03 * 100 ** stream.uniform();
  return start.map((x, i) => {
    const { row, column } = places[i];
    if (row === undefined || column === undefined) return x;
    const size = scale * Math.exp(stream.normal());
    return row === column ? size : size * stream.normal();
  });
}
