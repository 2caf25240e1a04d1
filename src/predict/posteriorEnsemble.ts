import { heldCovariances } from "../density/quantities.js";
import type { Design } from "../design/Design.js";
import { quantilesOf } from "../diagnostics/quantilesOf.js";
import { mean, standardDeviation } from "../math/moments.js";
import { jointDrawsOf } from "../posterior/jointDraws.js";
import type { Posterior } from "../posterior/Posterior.js";
import { endsOf } from "../summary/Summary.js";
import { weightedQuantile } from "../summary/summariseWeighted.js";
import type { Ensemble } from "./Ensemble.js";

/**
 * The joint draws of a posterior, by their weights where they have some. `level` is the probability of its equal-tailed intervals, whose ends are quantiles by linear interpolation, as those of a summary.
 * Throws ResultError where draws were not kept.
 */
export function posteriorEnsemble(design: Design, posterior: Posterior, level: number): Ensemble {
  const { count: size, weights, column } = jointDrawsOf(posterior);
  const places = new Map(posterior.parameters.map(({ name }, place) => [name, place]));
  const held = heldCovariances(design);
  const [low, high] = endsOf(level);
  return {
    size,
    shift: null,
    effectsVariance: null,
    weights,
    parameter(name) {
      const place = places.get(name);
      if (place !== undefined) return column(place);
      const value = held.get(name);
      return value === undefined ? null : new Float64Array(size).fill(value);
    },
    effect: (place) => column(posterior.parameters.length + place),
    mean: (values) => (weights === null ? mean(values) : weightedMean(values, weights)),
    estimate(values) {
      if (weights !== null) return weightedEstimate(values, weights, [low, 0.5, high]);
      const [lower, estimate, upper] = quantilesOf(values, [low, 0.5, high]);
      return { estimate, sd: size > 1 ? standardDeviation(values) : 0, lower, upper };
    },
    covariance(one, other) {
      if (weights !== null) return weightedCovariance(one, other, weights);
      const [centre, otherCentre] = [mean(one), mean(other)];
      let total = 0;
      for (let s = 0; s < size; s++) total += (one[s] - centre) * (other[s] - otherCentre);
      return total / (size - 1);
    },
  };
}

function weightedMean(values: Float64Array, weights: Float64Array): number {
  return values.reduce((sum, value, s) => sum + weights[s] * value, 0);
}

/** Median and interval from three probabilities, as `summariseWeighted` has them; the weights sum to 1. */
export function weightedEstimate(values: Float64Array, weights: Float64Array, probabilities: readonly number[]) {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const sorted = Float64Array.from(order, (s) => values[s]);
  const shares = Float64Array.from(order, (s) => weights[s]);
  const [lower, estimate, upper] = probabilities.map((p) =>
    weightedQuantile(sorted, shares, 1 / squaresOf(weights), p),
  );
  return { estimate, sd: Math.sqrt(weightedCovariance(values, values, weights)), lower, upper };
}

/** Equal weights of 1 / n leave the usual divisor n - 1. */
function weightedCovariance(one: Float64Array, other: Float64Array, weights: Float64Array): number {
  const [center, otherCenter] = [weightedMean(one, weights), weightedMean(other, weights)];
  const total = weights.reduce((sum, weight, s) => sum + weight * (one[s] - center) * (other[s] - otherCenter), 0);
  return total / (1 - squaresOf(weights));
}

function squaresOf(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight * weight, 0);
}
