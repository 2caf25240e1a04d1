import type { Spread } from "../../marginal/exploration/spreads.js";
import {
  hasFlatCoefficients,
  logStretches,
  positionAt,
  type Standardised,
} from "../../marginal/exploration/standardised.js";
import { exp, log } from "../../math/special/elementary.js";
import { LOG_SQRT_TWO_PI } from "../../math/special/normalDistribution.js";
import { mapSteps, type Steps } from "../../math/steps.js";
import { withCentres } from "./betaCurvatures.js";
import type { BetaIntegral } from "./betaIntegral.js";
import { compositeDesign, type DesignPoint } from "./compositeDesign.js";
import { productDesign } from "./productDesign.js";

/**
 * Where the hyperparameters are explored: on a grid, its neighbours so many posterior sds apart; by a product of Gauss-Hermite rules with so many
 * points each; or by a central composite design.
 */
export type Layout =
  | { readonly kind: "grid"; readonly spacing: number }
  | { readonly kind: "product"; readonly points: number }
  | { readonly kind: "ccd" };

/** A posterior of the hyperparameters as points with weights, beta integrated out at each. */
export interface Exploration {
  readonly kind: Layout["kind"];
  /** A grid's; null for a rule or a design. */
  readonly spacing: number | null;
  readonly points: readonly BetaIntegral[];
  /** Summing to 1. */
  readonly weights: Float64Array;
  /** Log of the integral over the hyperparameters: the log marginal likelihood. */
  readonly logIntegral: number;
}

/**
 * A grid ends where the log density is so far below its maximum; twice as far for the moments of heavy tails: where coefficients are flat, and beyond
 * so many sds where that is cheap, in one dimension or of all there is.
 */
const DEEPEST = 7;
const LONG_TAIL = 6;
/** And here at the latest. */
const MOST_POINTS = 3000;

/** Points in z = (hyperparameters, 0), one after the other. */
type IntegrateAt = (z: Float64Array) => Steps<BetaIntegral>;

/** The exploration of as many leading z as there are hyperparameters. */
export function* explore(
  coordinates: Standardised,
  spreads: readonly Spread[],
  layout: Layout,
  integrate: (position: Float64Array, z: Float64Array) => Steps<BetaIntegral>,
): Steps<Exploration> {
  const m = coordinates.hyperparameters;
  const at: IntegrateAt = (z) => integrate(positionAt(coordinates, withCentres(coordinates, spreads, z)), z);
  const logVolumeAt = (z: ArrayLike<number>) =>
    coordinates.logDeterminantOfHyperparameters + logStretches(coordinates, withZeros(z, spreads.length));
  if (layout.kind === "grid") {
    const isCheap = m === 1 || m === spreads.length;
    const longTail = hasFlatCoefficients(coordinates) ? 0 : isCheap ? LONG_TAIL : Number.POSITIVE_INFINITY;
    const depthAt = (z: Float64Array) => (z.some((own) => Math.abs(own) >= longTail) ? 2 * DEEPEST : DEEPEST);
    return yield* grid(m, layout.spacing, depthAt, logVolumeAt, at);
  }
  const points = layout.kind === "product" ? productDesign(m, layout.points) : compositeDesign(m);
  return { kind: layout.kind, spacing: null, ...(yield* laidOut(points, spreads.slice(0, m), logVolumeAt, at)) };
}

function withZeros(z: ArrayLike<number>, length: number): Float64Array {
  return Float64Array.from({ length }, (_, k) => z[k] ?? 0);
}

/** Neighbours of neighbours of the mode, as long as they are within reach of the highest. */
function* grid(
  m: number,
  spacing: number,
  depthAt: (z: Float64Array) => number,
  logVolumeAt: (z: ArrayLike<number>) => number,
  at: IntegrateAt,
): Steps<Exploration> {
  const points: BetaIntegral[] = [];
  const logCells: number[] = [];
  const known = new Set<string>();
  let frontier: number[][] = [new Array<number>(m).fill(0)];
  let highest = Number.NEGATIVE_INFINITY;
  while (frontier.length > 0 && points.length < MOST_POINTS) {
    const next: number[][] = [];
    for (const cell of frontier) {
      if (known.has(cell.join())) continue;
      known.add(cell.join());
      const z = Float64Array.from(cell, (step) => step * spacing);
      const point = yield* at(z);
      yield;
      if (!Number.isFinite(point.logDensity)) continue;
      const logCell = logVolumeAt(z) + m * log(spacing);
      points.push(point);
      logCells.push(logCell);
      const height = point.logDensity + logCell;
      highest = Math.max(highest, height);
      if (highest - height < depthAt(z)) next.push(...neighbours(cell));
    }
    frontier = next;
  }
  return { kind: "grid", spacing, points, ...normalised(points, logCells) };
}

function neighbours(cell: readonly number[]): number[][] {
  return cell.flatMap((_, j) => [-1, 1].map((step) => cell.map((value, k) => (k === j ? value + step : value))));
}

/** A design laid out as the density is spread. */
function* laidOut(
  design: readonly DesignPoint[],
  spreads: readonly Spread[],
  logVolumeAt: (z: ArrayLike<number>) => number,
  at: IntegrateAt,
): Steps<Omit<Exploration, "kind" | "spacing">> {
  const m = spreads.length;
  const placed = yield* mapSteps(design, function* ({ z: units, share }) {
    const z = new Float64Array(m);
    let logCell = log(share) + m * LOG_SQRT_TWO_PI;
    units.forEach((unit, k) => {
      const { place, logSlope } = spreads[k].shape.at(unit);
      const { centre, logScale } = spreads[k].given(z);
      z[k] = centre + place * exp(logScale);
      logCell += 0.5 * unit * unit + logSlope + logScale;
    });
    return { point: yield* at(z), logCell: logCell + logVolumeAt(z) };
  });
  const kept = placed.filter(({ point }) => Number.isFinite(point.logDensity));
  const points = kept.map(({ point }) => point);
  const logCells = kept.map(({ logCell }) => logCell);
  return { points, ...normalised(points, logCells) };
}

function normalised(
  points: readonly BetaIntegral[],
  logCells: readonly number[],
): Pick<Exploration, "weights" | "logIntegral"> {
  const logs = points.map(({ logDensity }, k) => logDensity + logCells[k]);
  const largest = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = Float64Array.from(logs, (value) => exp(value - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  return { weights: weights.map((weight) => weight / total), logIntegral: largest + log(total) };
}
