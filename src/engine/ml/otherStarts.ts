import type { SingularPosition } from "./boundary.js";
import type { Coordinate, HeldTermCoordinate } from "./Coordinate.js";
import { halfTangent } from "./heldTerms.js";

/** sds in units where one effect of a term dominates the others, and where none does. */
const DOMINANT = 2;
const MINOR = 0.3;
const EQUAL = [1, 4];
/** Of an effect with the first of its term, by either sign. */
const CORRELATION = 0.9;
/** In turn, where sds that are held take no part. */
const HELD_CORRELATIONS = [0.9, 0.5, 0.1];

/**
 * At most so many positions from which a search may end at another maximum than from `start`: in turn each effect of a term dominates the
 * others or none does, and each is correlated with the first by either sign. Only Lambda differs from `start`. None where no effects are
 * correlated.
 */
export function otherStarts(
  coordinates: readonly Coordinate[],
  start: ArrayLike<number>,
  most: number,
): Float64Array[] {
  const entries = entriesOf(coordinates);
  const held = coordinates.flatMap((place, at) =>
    place.part === "sd" || place.part === "correlation" ? [{ at, place }] : [],
  );
  const rows = [...entries.map(({ row }) => row), ...held.map(({ place }) => place.row - place.first)];
  const q = 1 + Math.max(0, ...rows);
  if (q === 1) return [];
  const one = Array.from({ length: q }, (_, dominant) => (row: number) => (row === dominant ? DOMINANT : MINOR));
  const sds = [...one, ...EQUAL.map((sd) => () => sd)];
  const starts: Float64Array[] = [];
  for (let signs = 0; signs < 2 ** (q - 1) && starts.length < most; signs++)
    sds.forEach((sdOf, k) => {
      const correlation = HELD_CORRELATIONS[k % HELD_CORRELATIONS.length];
      const ofRow = (row: number) => ({ sd: sdOf(row), correlation: signOf(row, signs) * correlation });
      starts.push(withHeld(withLambda(start, entries, sdOf, signs), held, ofRow));
    });
  return starts.slice(0, most);
}

/**
 * The position with G of a term at each lower rank from 1 up, highest first: columns of Lambda at zero, and held there. A search from there
 * finds a maximum of that rank, where one free to leave it is drawn past.
 */
export function lowerRanks(coordinates: readonly Coordinate[], from: ArrayLike<number>): SingularPosition[] {
  const entries = entriesOf(coordinates);
  return [...new Set(entries.map(({ term }) => term))].flatMap((term) => {
    const own = entries.filter((entry) => entry.term === term);
    const q = 1 + Math.max(...own.map(({ row }) => row));
    return Array.from({ length: q - 1 }, (_, k) => {
      const position = Float64Array.from(from);
      const held = own.flatMap(({ at, column }) => (column >= q - 1 - k ? [at] : []));
      for (const at of held) position[at] = 0;
      return { position, held };
    });
  });
}

/** An entry of Lambda, by its row and column within its term. */
interface Entry {
  readonly at: number;
  readonly term: string;
  readonly row: number;
  readonly column: number;
}

function entriesOf(coordinates: readonly Coordinate[]): Entry[] {
  const places = coordinates.flatMap((place, at) => (place.part === "Lambda" ? [{ ...place, at }] : []));
  return places.map(({ at, factor, row, column }) => {
    const own = places.filter((other) => other.factor === factor && other.row === row);
    const first = Math.min(...own.map((other) => other.column));
    return { at, term: `${factor}, ${first}`, row: row - first, column: column - first };
  });
}

/** The same of terms of which something is held. */
function withHeld(
  start: Float64Array,
  held: readonly { readonly at: number; readonly place: HeldTermCoordinate }[],
  ofRow: (row: number) => { readonly sd: number; readonly correlation: number },
): Float64Array {
  const position = start.slice();
  for (const { at, place } of held) {
    const { sd, correlation } = ofRow(place.row - place.first);
    if (place.part === "sd") position[at] = sd;
    else if (place.column > place.first) position[at] = 0;
    else position[at] = halfTangent(correlation, Math.sqrt(1 - correlation ** 2));
  }
  return position;
}

function signOf(row: number, signs: number): number {
  return (signs >> (row - 1)) & 1 ? -1 : 1;
}

/** `signs` has a bit for the correlation of each effect after the first. */
function withLambda(
  start: ArrayLike<number>,
  entries: readonly Entry[],
  sdOf: (row: number) => number,
  signs: number,
): Float64Array {
  const position = Float64Array.from(start);
  for (const { at, row, column } of entries) {
    if (row === 0) position[at] = sdOf(row);
    else if (column === 0) position[at] = signOf(row, signs) * CORRELATION * sdOf(row);
    else position[at] = row === column ? Math.sqrt(1 - CORRELATION ** 2) * sdOf(row) : 0;
  }
  return position;
}
