import type { Coordinate } from "./parameters.js";

/** sds in units where one effect of a term dominates the others, and where none does. */
const DOMINANT = 2;
const MINOR = 0.3;
const EQUAL = [1, 4];
/** Of an effect with the first of its term, by either sign. */
const CORRELATION = 0.9;

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
  const q = 1 + Math.max(0, ...entries.map(({ row }) => row));
  if (q === 1) return [];
  const one = Array.from({ length: q }, (_, dominant) => (row: number) => (row === dominant ? DOMINANT : MINOR));
  const sds = [...one, ...EQUAL.map((sd) => () => sd)];
  const starts: Float64Array[] = [];
  for (let signs = 0; signs < 2 ** (q - 1) && starts.length < most; signs++)
    for (const sdOf of sds) starts.push(withLambda(start, entries, sdOf, signs));
  return starts.slice(0, most);
}

/** An entry of Lambda, by its row and column within its term. */
interface Entry {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

function entriesOf(coordinates: readonly Coordinate[]): Entry[] {
  const places = coordinates.flatMap((place, at) => (place.part === "Lambda" ? [{ ...place, at }] : []));
  return places.map(({ at, factor, row, column }) => {
    const own = places.filter((other) => other.factor === factor && other.row === row);
    const first = Math.min(...own.map((other) => other.column));
    return { at, row: row - first, column: column - first };
  });
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
    const sign = (signs >> (row - 1)) & 1 ? -1 : 1;
    if (row === 0) position[at] = sdOf(row);
    else if (column === 0) position[at] = sign * CORRELATION * sdOf(row);
    else position[at] = row === column ? Math.sqrt(1 - CORRELATION ** 2) * sdOf(row) : 0;
  }
  return position;
}
