import type { LatentGaussian, ParameterKind } from "../../density/LatentGaussian.js";
import { type Coordinate, type HeldTermCoordinate, isOfCovariance } from "./Coordinate.js";
import type { MlNote } from "./Estimates.js";
import type { ParameterVector } from "./parameterVector.js";

/** A pivot of Lambda Lambda' below this, in units or as a share of its row, is tried at zero. */
const NEARLY_ZERO = 0.02;
/** A correlation this close to 1 is one: the rounding of Lambda. */
const FULL_CORRELATION = 1 - 1e-9;
/** Positions at the boundary that are tried. */
const MOST_COMBINATIONS = 16;

/** A position at which G = Lambda Lambda' has not full rank, and the coordinates to be held there. */
export interface SingularPosition {
  readonly position: Float64Array;
  readonly held: readonly number[];
}

/**
 * Positions near to one at which G = Lambda Lambda' has not full rank: some sds zero, some correlations 1 or -1, every combination of those
 * that are near, the lowest rank first. Of the factors of such a G each has the one with a column of zeros for every zero on the diagonal: a
 * rotation of u takes one to the other, and leaves the likelihood.
 */
export function nearBoundaries(
  coordinates: ParameterVector["coordinates"],
  position: ArrayLike<number>,
): SingularPosition[] {
  let combined: SingularPosition[] = [{ position: Float64Array.from(position), held: [] }];
  for (const entries of entriesByFactor(coordinates)) {
    const q = 1 + Math.max(...entries.map(({ row }) => row));
    const L = new Float64Array(q * q);
    for (const { at, row, column } of entries) L[row * q + column] = position[at];
    // Rows of terms of which something is held: their sds and correlations are coordinates by themselves.
    for (let r = 0; r < q; r++) if (!entries.some(({ row }) => row === r)) L[r * (q + 1)] = 1;
    const choices = singularFactors(L, q);
    combined = combined
      .flatMap((other) => [...choices.map((factor) => withFactor(other, entries, factor, q)), other])
      .slice(0, MOST_COMBINATIONS);
  }
  coordinates.forEach((place, at) => {
    combined = combined
      .flatMap((other) => [...singularCoordinate(coordinates, place, at, other), other])
      .slice(0, MOST_COMBINATIONS);
  });
  return combined.filter(({ held }) => held.length > 0).sort((a, b) => b.held.length - a.held.length);
}

/** An sd put to zero, its correlations with it as they then do not matter, or a correlation to 1 or -1, where it is near. */
function singularCoordinate(
  coordinates: ParameterVector["coordinates"],
  place: Coordinate,
  at: number,
  { position, held }: SingularPosition,
): SingularPosition[] {
  if ((place.part !== "sd" && place.part !== "correlation") || held.includes(at)) return [];
  const moved = position.slice();
  if (place.part === "sd") {
    if (position[at] > NEARLY_ZERO) return [];
    const own = correlationsOf(coordinates, place);
    for (const i of [at, ...own]) moved[i] = 0;
    return [{ position: moved, held: [...held, at, ...own] }];
  }
  const [size, sign] = [Math.abs(position[at]), Math.sign(position[at])];
  if (Math.abs(size - 1) > NEARLY_ZERO) return [];
  moved[at] = sign;
  const after = coordinates.flatMap((other, i) => (isLaterInRow(other, place) ? [i] : []));
  for (const i of after) moved[i] = 0;
  return [{ position: moved, held: [...held, at, ...after] }];
}

/** A partial correlation of 1 leaves nothing of an effect for those after it to be correlated with. */
function isLaterInRow(other: Coordinate, place: Extract<Coordinate, { part: "correlation" }>): boolean {
  const isOfRow = other.part === "correlation" && other.factor === place.factor && other.row === place.row;
  return isOfRow && other.column > place.column;
}

/** The coordinates of an effect's correlations with the others of its term. */
export function correlationsOf(
  coordinates: ParameterVector["coordinates"],
  { factor, row }: Pick<HeldTermCoordinate, "factor" | "row">,
): number[] {
  return coordinates.flatMap((other, i) =>
    other.part === "correlation" && other.factor === factor && (other.row === row || other.column === row) ? [i] : [],
  );
}

type Entry = ReturnType<typeof entriesByFactor>[number][number];

function withFactor(
  { position, held }: SingularPosition,
  entries: readonly Entry[],
  factor: Float64Array,
  q: number,
): SingularPosition {
  const moved = position.slice();
  for (const { at, row, column } of entries) moved[at] = factor[row * q + column];
  const zero = entries.filter(({ column }) => factor[column * (q + 1)] === 0);
  return { position: moved, held: [...held, ...zero.map(({ at }) => at)] };
}

function entriesByFactor(coordinates: ParameterVector["coordinates"]) {
  const entries = coordinates.flatMap((coordinate, at) =>
    coordinate.part === "Lambda" ? [{ at, ...coordinate }] : [],
  );
  const factors = new Set(entries.map(({ factor }) => factor));
  return [...factors].map((f) => entries.filter(({ factor }) => factor === f));
}

function rowNorm(L: Float64Array, q: number, r: number): number {
  let squares = 0;
  for (let c = 0; c <= r; c++) squares += L[r * q + c] ** 2;
  return Math.sqrt(squares);
}

/** Cholesky factors of L L' with columns of zeros where pivots are nearly zero: for every choice of some of these. */
function singularFactors(L: Float64Array, q: number): Float64Array[] {
  let factors: Float64Array[] = [new Float64Array(q * q)];
  for (let c = 0; c < q; c++) {
    const least = NEARLY_ZERO * Math.max(1, rowNorm(L, q, c));
    factors = factors.flatMap((factor) => {
      const pivot = remainder(L, factor, q, c, c);
      const zero = pivot > least * least ? [] : [factor];
      return pivot > 0 ? [...zero, withColumn(L, factor, q, c, Math.sqrt(pivot))] : zero;
    });
  }
  return factors.filter((factor) => Array.from({ length: q }, (_, c) => factor[c * (q + 1)]).includes(0));
}

/** Entry (r, c) of L L' less what the columns of a factor make of it. */
function remainder(L: Float64Array, factor: Float64Array, q: number, r: number, c: number): number {
  let rest = 0;
  for (let k = 0; k <= c; k++) rest += L[r * q + k] * L[c * q + k] - factor[r * q + k] * factor[c * q + k];
  return rest;
}

/** A factor with its column c, of which `root` is the diagonal. */
function withColumn(L: Float64Array, factor: Float64Array, q: number, c: number, root: number): Float64Array {
  const next = factor.slice();
  next[c * (q + 1)] = root;
  for (let r = c + 1; r < q; r++) next[r * q + c] = remainder(L, factor, q, r, c) / root;
  return next;
}

/** Names and explains what stands at the boundary; `draw` is the parameters as they are reported. */
export function boundaryNotes(
  view: LatentGaussian,
  { coordinates }: ParameterVector,
  held: readonly number[],
  draw: Float64Array,
): MlNote[] {
  const notes = heldCovariance(view, coordinates, held) ? [singularNote(view, draw)] : [];
  const names = view.quantities.parameters;
  const first = names.length - view.sizes.dispersion;
  const limits = held.flatMap((i) => {
    const coordinate = coordinates[i];
    return coordinate.part === "dispersion" ? [first + coordinate.index] : [];
  });
  return [...notes, ...limits.map((k) => dispersionNote(view, names[k], draw[k]))];
}

function heldCovariance(
  { factors }: LatentGaussian,
  coordinates: ParameterVector["coordinates"],
  held: readonly number[],
): boolean {
  return factors.length > 0 && held.some((i) => isOfCovariance(coordinates[i]));
}

/** Whether an estimate stands at the end of its range: an sd of zero, a correlation of 1 or -1 or that of an sd of zero. */
export function isAtBoundary(kind: ParameterKind, estimate: number): boolean {
  if (kind === "correlation") return !(Math.abs(estimate) < FULL_CORRELATION);
  return kind === "sd" && estimate === 0;
}

function singularNote({ quantities, parameterKinds }: LatentGaussian, draw: Float64Array): MlNote {
  const named = quantities.parameters.flatMap((name, k) => {
    const isNamed = isAtBoundary(parameterKinds[k], draw[k]) && !Number.isNaN(draw[k]);
    return isNamed ? [`${name} = ${Math.round(draw[k])}`] : [];
  });
  const found = named.length > 0 ? named.join(", ") : "a covariance matrix of less than full rank";
  const isZero = parameterKinds.some((kind, k) => kind === "sd" && draw[k] === 0);
  const cause = isZero
    ? "the data tell no more variation among these effects than chance alone"
    : "as far as the data tell, the effects of a level are tied to one another";
  return {
    code: "singular",
    message:
      `singular fit: ${found}. The likelihood is largest at the boundary of the parameter space: ${cause}. What stands there has no ` +
      "standard error; the other standard errors are those with it held there",
    advice:
      `take the term out of the model${isZero ? "" : " or its correlations (||)"}, or use an engine with a prior, which keeps its sd off ` +
      "zero and its correlation off 1",
  };
}

/** The family that a dispersion without end leads to is named where there is one. */
function dispersionNote({ dispersionLimit }: LatentGaussian, name: string, estimate: number): MlNote {
  const family =
    dispersionLimit !== null && estimate > 1 ? `the family ${dispersionLimit}, which it leads to, or ` : "";
  return {
    code: "dispersion-limit",
    message: `${name} has run to the end of its range, ${estimate.toExponential(1)}: the likelihood has no maximum in it`,
    advice: `take ${family}a model that fits the data less closely`,
  };
}
