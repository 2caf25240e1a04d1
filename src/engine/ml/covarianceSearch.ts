import type { Minimum } from "../../math/optimize/Minimum.js";
import { type MinimizeOptions, minimize } from "../../math/optimize/minimize.js";
import type { Box, Objective } from "../../math/optimize/Objective.js";
import type { Steps } from "../../math/steps.js";
import { correlationsOf, nearBoundaries } from "./boundary.js";
import type { Coordinate } from "./Coordinate.js";
import { lowerRanks, otherStarts } from "./otherStarts.js";

/**
 * An objective of positions of which some coordinates are entries of Lambda, within a box that keeps the diagonal of Lambda at 0 or above.
 * The objective depends on G = Lambda Lambda', so that the sign of a column of Lambda makes no difference.
 */
export interface CovarianceSearch {
  readonly objective: Objective;
  readonly coordinates: readonly Coordinate[];
  readonly box: Box;
  readonly tolerance?: number;
}

export type SearchOptions = Pick<Partial<MinimizeOptions>, "hessian" | "scale" | "confirm">;

/** A minimum, and the coordinates that are held where G has less than full rank, or at a bound. */
export interface SettledMinimum {
  readonly minimum: Minimum;
  readonly held: readonly number[];
}

/** Each time a search goes on from the other side of a bound it ends lower; this only ends a search that rounding keeps alive. */
const MOST_TURNS = 20;
/** A slope at a bound, in units of the square root of the curvature, below which there is nothing to gain on its other side. */
const FLAT = 1e-6;
/** Share of its sd that a correlation of 0.66 leaves an effect: below, it is strong. */
const TIED = 0.75;
/** Searches from other starts, and by how much one has to end lower to be taken up. */
const MOST_STARTS = 20;
const LOWER = 1e-5;
/** Of two minima, rounding. */
const ALIKE = 1e-10;

/**
 * The minimum over both signs of the diagonal of Lambda. A zero on the diagonal stands where two halves of the space of Lambda meet: if the
 * objective rises inwards from there, it falls on the other side, which is the inside again once the sign of the column is turned.
 */
export function* minimizeBothSides(
  { objective, coordinates, box, ...tolerance }: CovarianceSearch,
  start: ArrayLike<number>,
  options: SearchOptions = {},
): Steps<Minimum> {
  let minimum = yield* minimize(objective, start, { ...box, ...tolerance, ...options });
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const turned = otherSide(minimum, coordinates, box);
    if (turned === null) break;
    minimum = withEffort(yield* minimize(objective, turned, { ...box, ...tolerance }), minimum);
  }
  return minimum;
}

/** The position with the sign of every column turned whose diagonal is pressed against zero, or of the correlations of such an sd; null where there is none. */
function otherSide(
  { position, gradient, hessian }: Minimum,
  coordinates: readonly Coordinate[],
  { lower, upper }: Box,
): Float64Array | null {
  const turned = position.slice();
  let isTurned = false;
  coordinates.forEach((place, i) => {
    if (!isDiagonal(place) && place.part !== "sd") return;
    if (position[i] !== 0 || lower[i] !== 0 || lower[i] === upper[i]) return;
    if (!(gradient[i] > FLAT * Math.sqrt(hessian[i * (position.length + 1)]))) return;
    for (const j of place.part === "sd" ? correlationsOf(coordinates, place) : below(coordinates, place)) {
      if (position[j] === 0 || lower[j] === upper[j]) continue;
      turned[j] = -position[j];
      isTurned = true;
    }
  });
  return isTurned ? turned : null;
}

type LambdaPlace = Extract<Coordinate, { part: "Lambda" }>;

function isDiagonal(place: Coordinate): place is LambdaPlace {
  return place.part === "Lambda" && place.row === place.column;
}

/** Coordinates of the entries below the diagonal in the same column. */
function below(coordinates: readonly Coordinate[], { factor, column }: LambdaPlace): number[] {
  return coordinates.flatMap((other, j) =>
    other.part === "Lambda" && other.factor === factor && other.column === column && other.row > column ? [j] : [],
  );
}

/**
 * `minimizeBothSides`, and where that ends near a G of less than full rank, once more from that G with all of it free and the Hessian
 * measured. There the zero columns of Lambda have no slope, and only the curvature tells a minimum from a saddle.
 */
export function* minimizeOverCovariance(
  search: CovarianceSearch,
  start: ArrayLike<number>,
  options: SearchOptions = {},
): Steps<Minimum> {
  const first = yield* minimizeBothSides(search, start, options);
  if (first.outcome === "notFinite" || first.outcome === "unbounded") return first;
  const [singular] = nearBoundaries(search.coordinates, first.position);
  const isFree = (i: number) => search.box.lower[i] < search.box.upper[i];
  const atBound = first.activeBounds.some(({ coordinate }) => isFree(coordinate));
  if (!atBound && !singular?.held.some(isFree)) return first;
  const from = singular?.held.some(isFree) ? singular.position : first.position;
  return lowerOf(first, yield* minimizeBothSides(search, from, { confirm: true }));
}

/**
 * `minimizeOverCovariance`, and where that ends near a G of less than full rank or at strong correlations, or some of G is held, where there
 * may be several minima, the lowest of searches at lower ranks and from other starts as well: as many as `budget` evaluations of the
 * objective are about enough for.
 */
export function* lowestOverCovariance(
  search: CovarianceSearch,
  start: ArrayLike<number>,
  options: SearchOptions,
  budget: number,
): Steps<Minimum> {
  const first = yield* minimizeOverCovariance(search, start, options);
  if (first.outcome === "notFinite" || first.outcome === "unbounded") return first;
  const { coordinates } = search;
  // Beside numbers that do not suit the data there may be several minima anywhere.
  const isHeld = coordinates.some(({ part }) => part === "sd" || part === "correlation");
  const isNear = nearBoundaries(coordinates, first.position).length > 0 || isTied(coordinates, first.position);
  if (!isHeld && !isNear) return first;
  const most = Math.min(MOST_STARTS, Math.floor(budget / first.evaluations));
  const singular = lowerRanks(coordinates, first.position);
  const starts = otherStarts(coordinates, start, most).map((position) => ({ position, held: [] }));
  let best = first;
  for (const { position, held } of [...singular, ...starts].slice(0, most)) {
    const box = boxHolding(search.box, position, held);
    const found = yield* minimizeBothSides({ ...search, box }, position, { confirm: false });
    const isLower = found.value < best.value - LOWER;
    const settled = isLower ? withEffort(yield* minimizeOverCovariance(search, found.position), found) : found;
    best = lowerOf(best, settled);
  }
  return best;
}

/** Whether the effects before it leave an effect less than the share `TIED` of its sd. */
function isTied(coordinates: readonly Coordinate[], position: Float64Array): boolean {
  return coordinates.some((place, i) => {
    if (!isDiagonal(place)) return false;
    const row = coordinates.map((other, j) =>
      other.part === "Lambda" && other.factor === place.factor && other.row === place.row ? position[j] : 0,
    );
    return Math.abs(position[i]) < TIED * Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  });
}

/** The lower of two minima, the first where they are alike, with the effort of both. */
function lowerOf(first: Minimum, second: Minimum): Minimum {
  return second.value < first.value - ALIKE ? withEffort(second, first) : withEffort(first, second);
}

/**
 * A minimum put where G has as low a rank as costs no more than `tolerance` of the objective. Tried are an sd of zero, a correlation of 1 or
 * -1 and their combinations, as far as they are near, everything else at its best.
 */
export function* settledMinimum(search: CovarianceSearch, found: Minimum, tolerance: number): Steps<SettledMinimum> {
  const atBound = found.activeBounds.map(({ coordinate }) => coordinate);
  const options = { hessian: found.hessian, confirm: false };
  let spent = found;
  for (const { position, held: singular } of nearBoundaries(search.coordinates, found.position)) {
    const unmoved = atBound.filter((i) => position[i] === found.position[i]);
    const held = [...new Set([...singular, ...unmoved])].sort((a, b) => a - b);
    const box = boxHolding(search.box, position, held);
    const minimum = yield* minimizeBothSides({ ...search, box }, position, options);
    if (minimum.value <= found.value + tolerance) return { minimum: withEffort(minimum, spent), held };
    spent = withEffort(spent, minimum);
  }
  return { minimum: spent, held: atBound };
}

/** The box with some coordinates held where they are. */
export function boxHolding({ lower, upper }: Box, position: ArrayLike<number>, held: readonly number[]): Box {
  const box = { lower: lower.slice(), upper: upper.slice() };
  for (const i of held) box.lower[i] = box.upper[i] = position[i];
  return box;
}

/** A minimum with what another search has cost added to it. */
export function withEffort(minimum: Minimum, spent: Pick<Minimum, "iterations" | "evaluations">): Minimum {
  return {
    ...minimum,
    iterations: minimum.iterations + spent.iterations,
    evaluations: minimum.evaluations + spent.evaluations,
  };
}
