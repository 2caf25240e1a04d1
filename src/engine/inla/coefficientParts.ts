import type { ThreeMoments } from "../../marginal/exploration/axisShape.js";
import type { Standardised } from "../../marginal/exploration/standardised.js";
import type { Targets } from "./Targets.js";

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

/** The targets' sds and skewness at given hyperparameters, where z less its mean is root x e, e independent with these skewnesses. */
export function spreadsOf(
  root: Float64Array,
  slopes: readonly Float64Array[],
  skewnessOfParts: readonly number[],
  count: number,
): { readonly sds: Float64Array; readonly skewness: Float64Array } {
  const p = slopes.length;
  const [sds, skewness] = [new Float64Array(count), new Float64Array(count)];
  for (let k = 0; k < count; k++) {
    let squares = 0;
    let cubes = 0;
    for (let j = 0; j < p; j++) {
      let loading = 0;
      for (let i = j; i < p; i++) loading += slopes[i][k] * root[i * p + j];
      squares += loading * loading;
      cubes += loading * loading * loading * skewnessOfParts[j];
    }
    sds[k] = Math.sqrt(squares);
    skewness[k] = squares > 0 ? cubes / (squares * sds[k]) : 0;
  }
  return { sds, skewness };
}

/** The skewness of a distribution with these moments. */
export function skewnessOf({ variance, third }: ThreeMoments): number {
  return third / variance ** 1.5;
}

/** The sum of root x root' over points with weights; the roots p x p each, lower triangular, one after the other. */
export function weightedSquares(roots: Float64Array, weights: Float64Array, p: number): Float64Array {
  const sum = new Float64Array(p * p);
  for (let i = 0; i < weights.length; i++) {
    const at = i * p * p;
    if (weights[i] === 0) continue;
    for (let r = 0; r < p; r++)
      for (let c = 0; c <= r; c++) {
        let square = 0;
        for (let j = 0; j <= c; j++) square += roots[at + r * p + j] * roots[at + c * p + j];
        sum[r * p + c] += weights[i] * square;
      }
  }
  for (let r = 0; r < p; r++) for (let c = r + 1; c < p; c++) sum[r * p + c] = sum[c * p + r];
  return sum;
}
