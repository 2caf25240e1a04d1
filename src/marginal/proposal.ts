import type { LatentGaussian } from "../density/LatentGaussian.js";
import { cholesky } from "../math/linalg/cholesky.js";
import { latticePoints } from "../math/quadrature/latticeRule.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import { exp, log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI, normalQuantile } from "../math/special/normalDistribution.js";
import { type AxisShape, axisShape } from "./axisShape.js";
import { lineProfile } from "./lineProfile.js";
import type { PosteriorMode } from "./posteriorMode.js";

/** Coordinates z in which the posterior of (beta, theta, dispersion) is nearly N(0, I): position = mode + L z. */
export interface Standardised {
  readonly mode: Float64Array;
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
  const order = Array.from({ length: n }, (_, k) => (k + sizes.beta) % n);
  const L = Float64Array.from(order.flatMap((i) => order.map((j) => covariance[i * n + j])));
  if (!cholesky(L, n)) throw new RangeError("the covariance of a mode is positive definite");
  const m = n - sizes.beta;
  const logs = order.map((_, k) => log(L[k * (n + 1)]));
  return {
    mode: position,
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

/** How the posterior is scaled along one z. */
export interface Spread {
  /** Scales below and above the mode. */
  readonly below: number;
  readonly above: number;
  /** By how much the log of both grows with each z ahead of it: a coefficient is the less certain the larger the sds. */
  readonly growth: readonly number[];
  /** Of a hyperparameter: the density along its axis. Without one it is a normal's halves of the two scales. */
  readonly shape?: AxisShape;
}

/** How far from the mode scales are measured, and how much they may differ from 1. */
const PROBE = 2;
const LEAST_SPREAD = 0.5;
const MOST_SPREAD = 2;
/** How far from the mode, in hyperparameters, their influence on beta's scales is measured, and how far it is followed. */
const GROWTH_PROBE = 1;
const GROWTH_LIMIT = 3;

/**
 * The scales that put a split normal through the log density two units off the mode on either side, axis by axis, and how beta's change
 * with the hyperparameters.
 */
export function measureSpreads(coordinates: Standardised, logDensity: (position: Float64Array) => number): Spread[] {
  const { directions, hyperparameters: m } = coordinates;
  const at = (...steps: readonly (readonly [axis: number, z: number])[]) => {
    const z = new Float64Array(directions.length);
    for (const [axis, step] of steps) z[axis] = step;
    return logDensity(positionAt(coordinates, z));
  };
  const atMode = at();
  const side = (k: number, z: number) => scaleOf(Math.abs(z), atMode - at([k, z]));
  const centres = Array.from({ length: m }, (_, j) => [-GROWTH_PROBE, GROWTH_PROBE].map((z) => at([j, z])));
  const growth = (k: number, j: number) => {
    const [low, high] = [-GROWTH_PROBE, GROWTH_PROBE].map((z, end) =>
      scaleOf(1, centres[j][end] - 0.5 * (at([j, z], [k, 1]) + at([j, z], [k, -1]))),
    );
    return log(high / low) / (2 * GROWTH_PROBE);
  };
  return directions.map((_, k) => ({
    below: side(k, -PROBE),
    above: side(k, PROBE),
    growth: k < m ? [] : Array.from({ length: m }, (__, j) => growth(k, j)),
    ...(k < m ? { shape: axisShape(lineProfile((z) => at([k, z]))) } : {}),
  }));
}

/** The scale of a normal whose log density drops by so much over a distance. */
function scaleOf(distance: number, drop: number): number {
  const scale = distance / Math.sqrt(2 * Math.max(drop, 0));
  return Number.isNaN(scale) ? 1 : Math.min(MOST_SPREAD, Math.max(LEAST_SPREAD, scale));
}

export interface ProposedPoint {
  readonly position: Float64Array;
  readonly logDensity: number;
}

/** Positions are spread wider than the mode's curvature says, by the factor 1 + excess / sqrt(n), in these shares. */
const COMPONENTS = [
  { share: 0.55, excess: 0.1 },
  { share: 0.3, excess: 0.6 },
  { share: 0.15, excess: 2 },
];

/**
 * Positions spread evenly over a product of split normals in z (half a normal on either side of the mode, each with its own scale, beta's
 * given the hyperparameters), with heavier tails by a mixture of scales (Hesterberg 1995). They are a randomly shifted lattice and its
 * mirror image, so that each of them alone is a draw from that density. An odd count is rounded up.
 */
export function propose(
  coordinates: Standardised,
  spreads: readonly Spread[],
  count: number,
  stream: RandomStream,
): ProposedPoint[] {
  const n = spreads.length;
  const half = Math.ceil(count / 2);
  const lattice = latticePoints(half, n + 1);
  const shift = Float64Array.from({ length: n + 1 }, () => stream.uniform());
  return Array.from({ length: 2 * half }, (_, i) => {
    const uniforms = shift.map((by, k) => {
      const moved = (lattice[(i % half) * (n + 1) + k] + by) % 1;
      return i < half || k === n ? moved : 1 - moved;
    });
    return pointAt(coordinates, spreads, uniforms);
  });
}

/** The last of the uniforms picks the component, the others place z. */
function pointAt(coordinates: Standardised, spreads: readonly Spread[], uniforms: Float64Array): ProposedPoint {
  const n = spreads.length;
  const scales = COMPONENTS.map(({ excess }) => 1 + excess / Math.sqrt(n));
  const scale = scales[componentOf(uniforms[n])];
  let logDensity = -coordinates.logDeterminant;
  let squares = 0;
  const z = new Float64Array(n);
  spreads.forEach(({ below, above, growth, shape }, k) => {
    if (shape !== undefined) {
      const unit = scale * normalQuantile(uniforms[k]);
      const { place, logSlope } = shape(unit);
      squares += unit * unit;
      logDensity -= LOG_SQRT_TWO_PI + logSlope;
      z[k] = place;
      return;
    }
    const share = below / (below + above);
    const isBelow = uniforms[k] < share;
    const unit = isBelow
      ? scale * normalQuantile((0.5 * uniforms[k]) / share)
      : -scale * normalQuantile((0.5 * (1 - uniforms[k])) / (1 - share));
    const logGrowth = growth.reduce((total, by, j) => total + by * limited(z[j]), 0);
    squares += unit * unit;
    logDensity -= LOG_SQRT_TWO_PI + log(0.5 * (below + above)) + logGrowth;
    z[k] = unit * (isBelow ? below : above) * exp(logGrowth);
  });
  let mixture = 0;
  COMPONENTS.forEach(({ share }, c) => {
    mixture += share * exp((-0.5 * squares) / scales[c] ** 2 - n * log(scales[c]));
  });
  return { position: positionAt(coordinates, z), logDensity: logDensity + log(mixture) };
}

function limited(z: number): number {
  return Math.min(GROWTH_LIMIT, Math.max(-GROWTH_LIMIT, z));
}

function componentOf(uniform: number): number {
  let reached = 0;
  const found = COMPONENTS.findIndex(({ share }) => {
    reached += share;
    return uniform < reached;
  });
  return found < 0 ? COMPONENTS.length - 1 : found;
}
