import type { Estimate } from "../summary/Estimate.js";
import type { EffectWeights } from "./effectsOfEstimates.js";

/**
 * The values of a model's parameters and random effects by which functions of them are known: draws of a posterior, or estimates with those about
 * them at which differences are taken.
 */
export interface Ensemble {
  /** Values of each, S. */
  readonly size: number;
  /** Length S: a parameter by its name; null where it has no values. Sds and correlations that priors hold have the same value S times. */
  parameter(name: string): Float64Array | null;
  /** Length S: a random effect by its place among the model's. */
  effect(place: number): Float64Array;
  /** The variance of a weighted sum of random effects given all parameters; null where the ensemble varies the effects. */
  readonly effectsVariance: ((weights: EffectWeights) => number) | null;
  /** Length S: added to a linear predictor for the differences in it; null where there are none. */
  readonly shift: Float64Array | null;
  /** Length S: weights that sum to 1; null where every value counts the same, and for estimates. */
  readonly weights: Float64Array | null;
  /** The mean of a function of all these over a posterior, or its value at the estimates. */
  mean(values: Float64Array): number;
  /** What is known of a function of all these from its S values; `variance` is that of the linear predictor for its random effects given all else. */
  estimate(values: Float64Array, variance: number): Estimate;
  /** The covariance of two such functions, of which neither has random effects that the ensemble does not vary. */
  covariance(one: Float64Array, other: Float64Array): number;
}
