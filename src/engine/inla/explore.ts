import type { Spread } from "../../marginal/spreads.js";
import { positionAt, type Standardised } from "../../marginal/standardised.js";
import { exp, log } from "../../math/special/elementary.js";
import { LOG_SQRT_TWO_PI } from "../../math/special/normalDistribution.js";
import { withCentres } from "./betaCurvatures.js";
import type { BetaIntegral } from "./betaIntegral.js";
import { compositeDesign } from "./compositeDesign.js";

/** A posterior of the hyperparameters as points with weights, beta integrated out at each. */
export interface Exploration {
  readonly kind: "grid" | "ccd";
  /** Distance of a grid's neighbours in posterior sds; null for a design. */
  readonly spacing: number | null;
  readonly points: readonly BetaIntegral[];
  /** Summing to 1. */
  readonly weights: Float64Array;
  /** Log of the integral over the hyperparameters: the log marginal likelihood. */
  readonly logIntegral: number;
}

/** A grid ends where the log density is so far below its maximum. */
const DEEPEST = 7;
/** And here at the latest. */
const MOST_POINTS = 3000;
/** A grid in more dimensions than these is not for the asking. */
export const MOST_GRID_DIMENSIONS = 4;

/** Points in z = (hyperparameters, 0), one after the other. */
type IntegrateAt = (z: Float64Array) => BetaIntegral;

/** The exploration of as many leading z as there are hyperparameters: a grid of that spacing, or a central composite design with null. */
export function explore(
  coordinates: Standardised,
  spreads: readonly Spread[],
  spacing: number | null,
  integrate: (position: Float64Array, z: Float64Array) => BetaIntegral,
): Exploration {
  const m = coordinates.hyperparameters;
  const at: IntegrateAt = (z) => integrate(positionAt(coordinates, withCentres(coordinates, spreads, z)), z);
  const logVolume = coordinates.logDeterminantOfHyperparameters;
  return spacing === null
    ? design(spreads.slice(0, m), logVolume, at)
    : grid(m, spacing, logVolume + m * log(spacing), at);
}

/** Neighbours of neighbours of the mode, as long as they are within reach of the highest. */
function grid(m: number, spacing: number, logCell: number, at: IntegrateAt): Exploration {
  const points: BetaIntegral[] = [];
  const known = new Set<string>();
  let frontier: number[][] = [new Array<number>(m).fill(0)];
  let highest = Number.NEGATIVE_INFINITY;
  while (frontier.length > 0 && points.length < MOST_POINTS) {
    const next: number[][] = [];
    for (const cell of frontier) {
      if (known.has(cell.join())) continue;
      known.add(cell.join());
      const point = at(Float64Array.from(cell, (step) => step * spacing));
      if (!Number.isFinite(point.logDensity)) continue;
      points.push(point);
      highest = Math.max(highest, point.logDensity);
      if (highest - point.logDensity < DEEPEST) next.push(...neighbours(cell));
    }
    frontier = next;
  }
  const logCells = points.map(() => logCell);
  return { kind: "grid", spacing, points, ...normalised(points, logCells) };
}

function neighbours(cell: readonly number[]): number[][] {
  return cell.flatMap((_, j) => [-1, 1].map((step) => cell.map((value, k) => (k === j ? value + step : value))));
}

/** The design laid out as the density is spread. */
function design(spreads: readonly Spread[], logVolume: number, at: IntegrateAt): Exploration {
  const m = spreads.length;
  const placed = compositeDesign(m).map(({ z: units, share }) => {
    const z = new Float64Array(m);
    let logCell = log(share) + m * LOG_SQRT_TWO_PI + logVolume;
    units.forEach((unit, k) => {
      const { place, logSlope } = spreads[k].shape.at(unit);
      const { centre, logScale } = spreads[k].given(z);
      z[k] = centre + place * exp(logScale);
      logCell += 0.5 * unit * unit + logSlope + logScale;
    });
    return { point: at(z), logCell };
  });
  const kept = placed.filter(({ point }) => Number.isFinite(point.logDensity));
  const points = kept.map(({ point }) => point);
  const logCells = kept.map(({ logCell }) => logCell);
  return { kind: "ccd", spacing: null, points, ...normalised(points, logCells) };
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
