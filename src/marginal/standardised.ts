import type { LatentGaussian } from "../density/LatentGaussian.js";
import { cholesky } from "../math/linalg/cholesky.js";
import { log } from "../math/special/elementary.js";
import type { PosteriorMode } from "./posteriorMode.js";

/** Coordinates z in which the posterior of (beta, theta, dispersion) is nearly N(0, I): position = mode + L z. */
export interface Standardised {
  readonly mode: Float64Array;
  /** The coordinates of a position in the order of the z. */
  readonly order: readonly number[];
  /** n x n, row k what one unit of z_k adds to a position. The hyperparameters' z come first and move beta with them, beta's move beta alone. */
  readonly directions: readonly Float64Array[];
  /** log |L|, and that of its block of the hyperparameters. */
  readonly logDeterminant: number;
  readonly logDeterminantOfHyperparameters: number;
  /** How many of the z are the hyperparameters'. */
  readonly hyperparameters: number;
}

/** By the Cholesky factor of the covariance at the mode, hyperparameters ahead of beta. */
export function standardised({ sizes }: LatentGaussian, { position, covariance }: PosteriorMode): Standardised {
  const n = position.length;
  const m = n - sizes.beta;
  const order = Array.from({ length: n }, (_, k) => (k + sizes.beta) % n);
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
    logDeterminant: logs.reduce((total, value) => total + value, 0),
    logDeterminantOfHyperparameters: logs.slice(0, m).reduce((total, value) => total + value, 0),
    hyperparameters: m,
  };
}

/** The position of z. */
export function positionAt({ mode, directions }: Standardised, z: ArrayLike<number>): Float64Array {
  const position = mode.slice();
  directions.forEach((direction, k) => {
    if (z[k] !== 0) for (let i = 0; i < position.length; i++) position[i] += z[k] * direction[i];
  });
  return position;
}
