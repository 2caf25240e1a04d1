import { weightedMoments } from "../laplace/weightedMoments.js";
import { entropyTilting } from "./entropyTilting.js";

/** Positions of (beta, theta, dispersion), weights summing to 1. */
export interface WeightedPositions {
  readonly positions: readonly Float64Array[];
  readonly weights: Float64Array;
}

/**
 * Every so-many-th of the positions, so that at least `least` are left of a lattice that stays one, with weights as near to theirs as can be
 * that have the first two moments of all: what is nearly quadratic in the parameters has about the same mean over few as over all.
 */
export function thinned(all: WeightedPositions, least: number): WeightedPositions {
  let stride = 1;
  while (all.positions.length >= 2 * stride * least) stride *= 2;
  if (stride === 1) return all;
  const positions = all.positions.filter((_, k) => k % stride === 0);
  const kept = all.weights.filter((_, k) => k % stride === 0);
  const total = kept.reduce((a, b) => a + b, 0);
  const weights = kept.map((weight) => weight / total);
  if (1.5 * momentsOf(all.positions[0].length) > positions.length) return { positions, weights };
  const functions = momentFunctions(all).filter((_, k) => k % stride === 0);
  return { positions, weights: entropyTilting(weights, functions)?.weights ?? weights };
}

/** First and second moments of so many parameters. */
export function momentsOf(dimension: number): number {
  return (dimension * (dimension + 3)) / 2;
}

/** At each position the standardised coordinates and their products, less their means. */
function momentFunctions({ positions, weights }: WeightedPositions): Float64Array[] {
  const { means, sds } = weightedMoments(positions, weights);
  const all = positions.map((position) => products(position.map((x, i) => (x - means[i]) / sds[i])));
  const centres = weightedMoments(all, weights).means;
  for (const values of all) for (let k = 0; k < values.length; k++) values[k] -= centres[k];
  return all;
}

/** z, and z_i z_j for j <= i. */
function products(z: Float64Array): Float64Array {
  const out = new Float64Array(momentsOf(z.length));
  out.set(z);
  let at = z.length;
  for (let i = 0; i < z.length; i++) for (let j = 0; j <= i; j++) out[at++] = z[i] * z[j];
  return out;
}
