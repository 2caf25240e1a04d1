import { rowsOf } from "../../math/linalg/rows.js";
import { latticePoints } from "../../math/quadrature/latticePoints.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { exp, log } from "../../math/special/elementary.js";
import { LOG_SQRT_TWO_PI, normalQuantile } from "../../math/special/normalDistribution.js";
import { type AxisShape, momentsOfSplitNormal } from "./axisShape.js";
import type { Spread } from "./spreads.js";
import { logStretches, positionAt, type Standardised } from "./standardised.js";

export interface ProposedPoint {
  readonly position: Float64Array;
  readonly logDensity: number;
}

/** A point, and the log density there of the spreads as they were found, which those that are proposed are wider than. */
export interface WidenedPoint extends ProposedPoint {
  /** Its standardised coordinates. */
  readonly z: Float64Array;
  readonly logCore: number;
}

/** How much wider than the density is found to be, by the factor 1 + excess / sqrt(n), in which share of the positions. */
interface Component {
  readonly share: number;
  readonly excess: number;
}

const COMPONENTS: readonly Component[] = [
  { share: 0.55, excess: 0.1 },
  { share: 0.3, excess: 0.6 },
  { share: 0.15, excess: 2 },
];

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
  const n = spreads.length;
  return shifted(latticePoints(count, n + 1), n, stream).map(placing(coordinates, spreads));
}

/** The same in batches, one after the other: the lattice of each is shifted by itself, so that batches are independent. */
export function proposeBatches(
  coordinates: Standardised,
  spreads: readonly Spread[],
  { batches, perBatch }: { readonly batches: number; readonly perBatch: number },
  stream: RandomStream,
): WidenedPoint[] {
  const n = spreads.length;
  const lattice = latticePoints(perBatch, n + 1);
  const place = placing(coordinates, spreads);
  return Array.from({ length: batches }, () => shifted(lattice, n, stream).map(place)).flat();
}

/** Points of the density that those proposed are spread wider than, with the last p of z at their means given the others. */
export interface CorePoints {
  readonly positions: readonly Float64Array[];
  /** How these p vary at each point: z less its mean is root x e, e independent and of variance 1. count x p x p, lower triangular. */
  readonly roots: Float64Array;
}

/**
 * Of the product of the spreads itself, in the first so many coordinates: the others, which are split normals about the first ones' centres, are
 * at their means. Each position has its mirror image.
 */
export function proposeCore(
  coordinates: Standardised,
  spreads: readonly Spread[],
  { count, dimensions }: { readonly count: number; readonly dimensions: number },
  stream: RandomStream,
): CorePoints {
  const putAtMeans = atMeans(spreads, dimensions);
  const uniforms = mirrored(count, dimensions, stream);
  const size = (spreads.length - dimensions) ** 2;
  const roots = new Float64Array(uniforms.length * size);
  const positions = uniforms.map((at, i) => {
    const z = new Float64Array(spreads.length);
    for (let k = 0; k < dimensions; k++) {
      const { shape, given } = spreads[k];
      const { centre, logScale } = given(z);
      z[k] = centre + exp(logScale) * shape.at(unitOf(at[k], shape)).place;
    }
    putAtMeans(z, roots, i * size);
    return positionAt(coordinates, z);
  });
  return { positions, roots };
}

/** Puts all of z but the first so many, which are split normals given these, at their means, and adds their root to `roots` from a place on. */
export function atMeans(
  spreads: readonly Spread[],
  dimensions: number,
): (z: Float64Array, roots: Float64Array, at: number) => void {
  const rest = spreads.slice(dimensions);
  const moments = rest.map(({ shape }) => momentsOfSplitNormal(shape));
  const means = moments.map(({ mean }) => mean);
  const sds = moments.map(({ variance }) => Math.sqrt(variance));
  const p = rest.length;
  return (z, roots, at) => {
    for (let k = 0; k < p; k++) {
      const { centre, logScale, slopes } = rest[k].given(z);
      const scale = exp(logScale);
      z[dimensions + k] = centre + scale * means[k];
      roots[at + k * (p + 1)] += scale * sds[k];
      for (let l = 0; l < k; l++)
        if (slopes[dimensions + l] !== 0)
          for (let j = 0; j <= l; j++) roots[at + k * p + j] += slopes[dimensions + l] * roots[at + l * p + j];
    }
  };
}

/** A lattice in n dimensions and one more, which picks the component, under a random shift. */
function shifted(lattice: Float64Array, n: number, stream: RandomStream): Float64Array[] {
  const shift = Float64Array.from({ length: n + 1 }, () => stream.uniform());
  const count = lattice.length / (n + 1);
  const points = rowsOf(count, n + 1);
  for (let i = 0; i < count; i++) for (let k = 0; k <= n; k++) points[i][k] = (lattice[i * (n + 1) + k] + shift[k]) % 1;
  return points;
}

function mirrored(count: number, n: number, stream: RandomStream): Float64Array[] {
  const half = shifted(latticePoints(Math.ceil(count / 2), n + 1), n, stream);
  return [...half, ...half.map((at) => at.map((uniform, k) => (k === n ? uniform : 1 - uniform)))];
}

/** The last of the uniforms picks the component, the others place z. */
function placing(coordinates: Standardised, spreads: readonly Spread[]): (uniforms: Float64Array) => WidenedPoint {
  const n = spreads.length;
  const scales = COMPONENTS.map(({ excess }) => 1 + excess / Math.sqrt(Math.max(n, 1)));
  const heights = COMPONENTS.map(({ share }, c) => share * exp(-n * log(scales[c])));
  const falls = scales.map((scale) => -0.5 / (scale * scale));
  const halves = spreads.map(({ shape: { share } }) => ({ logBelow: log(2 * share), logAbove: log(2 * (1 - share)) }));
  return (uniforms) => {
    const scale = scales[componentOf(uniforms[n])];
    let logSlopes = -coordinates.logDeterminant - n * LOG_SQRT_TWO_PI;
    let squares = 0;
    const z = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const { shape, given } = spreads[k];
      const unit = scale * unitOf(uniforms[k], shape);
      const { place, logSlope } = shape.at(unit);
      const { centre, logScale } = given(z);
      squares += unit * unit;
      logSlopes += (uniforms[k] < shape.share ? halves[k].logBelow : halves[k].logAbove) - logSlope - logScale;
      z[k] = centre + place * exp(logScale);
    }
    let mixture = 0;
    for (let c = 0; c < heights.length; c++) mixture += heights[c] * exp(falls[c] * squares);
    logSlopes -= logStretches(coordinates, z);
    return {
      z,
      position: positionAt(coordinates, z),
      logDensity: logSlopes + log(mixture),
      logCore: logSlopes - 0.5 * squares,
    };
  };
}

/** The standard normal x of a shape, whose negative half has its own share. */
function unitOf(uniform: number, { share }: AxisShape): number {
  return uniform < share
    ? normalQuantile((0.5 * uniform) / share)
    : -normalQuantile((0.5 * (1 - uniform)) / (1 - share));
}

function componentOf(uniform: number): number {
  let reached = 0;
  const found = COMPONENTS.findIndex(({ share }) => {
    reached += share;
    return uniform < reached;
  });
  return found < 0 ? COMPONENTS.length - 1 : found;
}
