import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import { exp, log } from "../../math/special/elementary.js";
import type { PosteriorMode } from "./posteriorMode.js";

/**
 * Coordinates z in which the posterior of (beta, theta, dispersion) is nearly N(0, I): position = mode + L s(z), where s(z) is z but for
 * coefficients along which the posterior is flat and that no prior bounds. Theirs is sinh(c z) / c, under which the tails of a Cauchy or Student t prior are
 * exponential.
 */
export interface Standardised {
  readonly mode: Float64Array;
  /** The coordinates of a position in the order of the z. */
  readonly order: readonly number[];
  /** n x n, row k what one unit of s(z)_k adds to a position. The hyperparameters' z come first and move beta with them, beta's move beta alone. */
  readonly directions: readonly Float64Array[];
  /** c of each z; 0 where s(z) is z. */
  readonly bends: readonly number[];
  /** How many of the z are flat coefficients', the last of those counted as hyperparameters'. */
  readonly flat: number;
  /** log |L|, and that of its block of the hyperparameters. */
  readonly logDeterminant: number;
  readonly logDeterminantOfHyperparameters: number;
  /** How many of the z are the hyperparameters', among which flat coefficients are counted. */
  readonly hyperparameters: number;
}

const BEND = 0.5;

/**
 * By the Cholesky factor of the covariance at the mode: hyperparameters, then the flat coefficients, given by their places in beta, then the
 * other coefficients.
 */
export function standardised(
  view: LatentGaussian,
  { position, covariance }: PosteriorMode,
  flat: readonly number[] = [],
): Standardised {
  const { sizes } = view;
  const n = position.length;
  const all = Array.from({ length: n }, (_, k) => (k + sizes.beta) % n);
  const m = n - sizes.beta + flat.length;
  const order = [
    ...all.slice(0, n - sizes.beta),
    ...flat,
    ...all.slice(n - sizes.beta).filter((i) => !flat.includes(i)),
  ];
  const L = Float64Array.from(order.flatMap((i) => order.map((j) => covariance[i * n + j])));
  if (!cholesky(L, n)) throw new RangeError("the covariance of a mode is positive definite");
  const logs = order.map((_, k) => log(L[k * (n + 1)]));
  return {
    mode: position,
    order,
    directions: order.map((_, k) => {
      const direction = new Float64Array(n);
      for (let r = k; r < n; r++) direction[order[r]] = L[r * n + k];
      return direction;
    }),
    bends: order.map((i) => (flat.includes(i) && !isBounded(view, position, i) ? BEND : 0)),
    flat: flat.length,
    logDeterminant: logs.reduce((total, value) => total + value, 0),
    logDeterminantOfHyperparameters: logs.slice(0, m).reduce((total, value) => total + value, 0),
    hyperparameters: m,
  };
}

/** Whether the prior bounds a coefficient, so that its coordinate is no straight function of it: such a coordinate has exponential tails already. */
function isBounded(view: LatentGaussian, position: Float64Array, coordinate: number): boolean {
  const values = view.values();
  const logJacobianAt = (by: number) =>
    view.read(
      position.map((x, i) => (i === coordinate ? x + by : x)),
      values,
    ).logJacobian;
  return logJacobianAt(1) !== logJacobianAt(0);
}

/** Whether some coefficients are flat. */
export function hasFlatCoefficients({ flat }: Pick<Standardised, "flat">): boolean {
  return flat > 0;
}

/** s(z) of one coordinate with this bend. */
export function bent(bend: number, z: number): number {
  if (bend === 0) return z;
  const power = exp(bend * z);
  return (power - 1 / power) / (2 * bend);
}

/** The z of an s(z). */
export function straightened(bend: number, place: number): number {
  if (bend === 0) return place;
  const size = Math.abs(bend * place);
  return (Math.sign(place) * log(size + Math.sqrt(1 + size * size))) / bend;
}

/** log s'(z). */
export function logStretch(bend: number, z: number): number {
  return bend === 0 ? 0 : log((exp(bend * z) + exp(-bend * z)) / 2);
}

/** The sum of log s'(z) over all coordinates: log |d position / d z| is that and log |L|. */
export function logStretches({ bends }: Standardised, z: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < bends.length; k++) total += logStretch(bends[k], z[k]);
  return total;
}

/** The position of z. */
export function positionAt({ mode, directions, bends }: Standardised, z: ArrayLike<number>): Float64Array {
  const position = mode.slice();
  for (let k = 0; k < directions.length; k++) if (z[k] !== 0) addScaled(position, bent(bends[k], z[k]), directions[k]);
  return position;
}
