import { latticePoints } from "../math/quadrature/latticeRule.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import { exp, log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI, normalQuantile } from "../math/special/normalDistribution.js";
import type { Spread } from "./spreads.js";
import { positionAt, type Standardised } from "./standardised.js";

export interface ProposedPoint {
  readonly position: Float64Array;
  readonly logDensity: number;
}

/** A point, and the log density there of the spreads as they were found, which those that are proposed are wider than. */
export interface WidenedPoint extends ProposedPoint {
  readonly logCore: number;
}

/** How much wider than the density is found to be, by the factor 1 + excess / sqrt(n), in which share of the positions. */
interface Component {
  readonly share: number;
  readonly excess: number;
}

const HEAVY_TAILED: readonly Component[] = [
  { share: 0.55, excess: 0.1 },
  { share: 0.3, excess: 0.6 },
  { share: 0.15, excess: 2 },
];
const CORE: readonly Component[] = [{ share: 1, excess: 0 }];

/**
 * Positions spread evenly over the product of the spreads, each z given those ahead of it, with heavier tails by a mixture of scales (Hesterberg
 * 1995). They are a randomly shifted lattice, so that each of them alone is a draw from that density.
 */
export function propose(
  coordinates: Standardised,
  spreads: readonly Spread[],
  count: number,
  stream: RandomStream,
): WidenedPoint[] {
  return shifted(count, spreads.length, stream).map((at) => pointAt(coordinates, spreads, at, HEAVY_TAILED));
}

/** The same with each position's mirror image, so that means are right where weights are even. An odd count is rounded up. */
export function proposeMirrored(
  coordinates: Standardised,
  spreads: readonly Spread[],
  count: number,
  stream: RandomStream,
): WidenedPoint[] {
  return mirrored(count, spreads.length, stream).map((at) => pointAt(coordinates, spreads, at, HEAVY_TAILED));
}

/** And of the product of the spreads itself. */
export function proposeCore(
  coordinates: Standardised,
  spreads: readonly Spread[],
  count: number,
  stream: RandomStream,
): WidenedPoint[] {
  return mirrored(count, spreads.length, stream).map((at) => pointAt(coordinates, spreads, at, CORE));
}

/** A lattice in n dimensions and one more, which picks the component. */
function shifted(count: number, n: number, stream: RandomStream): Float64Array[] {
  const lattice = latticePoints(count, n + 1);
  const shift = Float64Array.from({ length: n + 1 }, () => stream.uniform());
  return Array.from({ length: count }, (_, i) => shift.map((by, k) => (lattice[i * (n + 1) + k] + by) % 1));
}

function mirrored(count: number, n: number, stream: RandomStream): Float64Array[] {
  const half = shifted(Math.ceil(count / 2), n, stream);
  return [...half, ...half.map((at) => at.map((uniform, k) => (k === n ? uniform : 1 - uniform)))];
}

/** The last of the uniforms picks the component, the others place z. */
function pointAt(
  coordinates: Standardised,
  spreads: readonly Spread[],
  uniforms: Float64Array,
  components: readonly Component[],
): WidenedPoint {
  const n = spreads.length;
  const scales = components.map(({ excess }) => 1 + excess / Math.sqrt(n));
  const scale = scales[componentOf(uniforms[n], components)];
  let logSlopes = -coordinates.logDeterminant;
  let squares = 0;
  const z = new Float64Array(n);
  spreads.forEach(({ shape: { share, at }, given }, k) => {
    const isBelow = uniforms[k] < share;
    const unit = isBelow
      ? scale * normalQuantile((0.5 * uniforms[k]) / share)
      : -scale * normalQuantile((0.5 * (1 - uniforms[k])) / (1 - share));
    const { place, logSlope } = at(unit);
    const { centre, logScale } = given(z);
    squares += unit * unit;
    logSlopes -= LOG_SQRT_TWO_PI + logSlope + logScale - log(2 * (isBelow ? share : 1 - share));
    z[k] = centre + place * exp(logScale);
  });
  let mixture = 0;
  components.forEach(({ share }, c) => {
    mixture += share * exp((-0.5 * squares) / scales[c] ** 2 - n * log(scales[c]));
  });
  return {
    position: positionAt(coordinates, z),
    logDensity: logSlopes + log(mixture),
    logCore: logSlopes - 0.5 * squares,
  };
}

function componentOf(uniform: number, components: readonly Component[]): number {
  let reached = 0;
  const found = components.findIndex(({ share }) => {
    reached += share;
    return uniform < reached;
  });
  return found < 0 ? components.length - 1 : found;
}
