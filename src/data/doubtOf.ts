import { hasDecimalComma, mayGroupThousands } from "./cells.js";
import type { Doubt, LevelledCells, StrayCell } from "./Table.js";

/** Distinct stray cells, and rows of each, that a message names. */
const shownCells = 4;
const shownRows = 3;

/** How many rows have each level. */
export function levelCounts({ codes, levels }: LevelledCells): Float64Array {
  const counts = new Float64Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]++;
  return counts;
}

export function sum(counts: Float64Array): number {
  return sumWhere(counts, () => true);
}

/** The rows of the levels for which something holds. */
export function sumWhere(counts: Float64Array, holds: (level: number) => boolean): number {
  let total = 0;
  for (let level = 0; level < counts.length; level++) if (holds(level)) total += counts[level];
  return total;
}

/** The stray levels of a column, counted, the first of them with their rows. */
export function doubtOf(
  almost: Doubt["almost"],
  reason: Doubt["reason"],
  { codes, levels }: LevelledCells,
  counts: Float64Array,
  isStray: (level: number) => boolean,
): Doubt {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code < 0 || !isStray(code)) continue;
    const known = rows.get(code);
    if (known === undefined && rows.size < shownCells) rows.set(code, [row + 1]);
    else if (known !== undefined && known.length < shownRows) known.push(row + 1);
  }
  const cells: StrayCell[] = [...rows].map(([code, of]) => ({ text: levels[code], rows: of, count: counts[code] }));
  const distinct = levels.filter((_, level) => isStray(level)).length;
  const commaDecimals = sumWhere(counts, (level) => isStray(level) && hasDecimalComma(levels[level]));
  const thousands = sumWhere(counts, (level) => isStray(level) && mayGroupThousands(levels[level]));
  return {
    almost,
    reason,
    count: sumWhere(counts, isStray),
    total: sum(counts),
    cells,
    distinct,
    commaDecimals,
    thousands,
  };
}
