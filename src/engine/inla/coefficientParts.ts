import type { ThreeMoments } from "../../marginal/axisShape.js";
import type { Standardised } from "../../marginal/standardised.js";
import type { Targets } from "./parameterShapes.js";

/** What rounding may leave of the second difference of a straight line, relative to its values. */
const STRAIGHT = 1e-9;

/**
 * The targets' slopes along each z of a coefficient, which are the same everywhere; none at all where a prior's bounds bend one of them: coefficients are
 * then sampled, as hyperparameters are.
 */
export function coefficientSlopes(
  { at }: Targets,
  { directions, hyperparameters, mode }: Standardised,
): Float64Array[] {
  const slopes: Float64Array[] = [];
  for (const direction of directions.slice(hyperparameters)) {
    const [origin, once, twice] = [0, 1, 2].map((by) => at(mode.map((x, i) => x + by * direction[i])));
    const isStraight = origin.every(
      (value, k) =>
        Math.abs(twice[k] - 2 * once[k] + value) <= STRAIGHT * Math.max(Math.abs(value), Math.abs(twice[k])),
    );
    if (!isStraight) return [];
    slopes.push(once.map((value, k) => value - origin[k]));
  }
  return slopes;
}

/** The targets' covariance matrix, row-major, by the covariance of the coefficients' z, along which they have these slopes. */
export function covariances(covariance: Float64Array, slopes: readonly Float64Array[], count: number): Float64Array {
  const out = new Float64Array(count * count);
  slopes.forEach((one, k) => {
    slopes.forEach((other, l) => {
      const own = covariance[k * slopes.length + l];
      for (let r = 0; r < count; r++) for (let c = 0; c < count; c++) out[r * count + c] += own * one[r] * other[c];
    });
  });
  return out;
}

/** How target k goes with the independent parts e of z = root x e. */
export function loadingsOf(root: Float64Array, slopes: readonly Float64Array[], k: number): Float64Array {
  const p = slopes.length;
  const loadings = new Float64Array(p);
  slopes.forEach((slope, i) => {
    for (let j = 0; j <= i; j++) loadings[j] += slope[k] * root[i * p + j];
  });
  return loadings;
}

/** The skewness of a distribution with these moments. */
export function skewnessOf({ variance, third }: ThreeMoments): number {
  return third / variance ** 1.5;
}

/** root x root'. */
export function squared(root: Float64Array, p: number): Float64Array {
  const square = new Float64Array(p * p);
  for (let r = 0; r < p; r++)
    for (let c = 0; c < p; c++)
      for (let j = 0; j <= Math.min(r, c); j++) square[r * p + c] += root[r * p + j] * root[c * p + j];
  return square;
}
