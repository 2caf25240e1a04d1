/** Values between two ends, and the coordinate in which they have equal steps. */
export interface SearchGrid {
  readonly xs: readonly number[];
  /** The value at a place among those of the grid; between two of them where the place is not whole. */
  at(place: number): number;
}

/** Intervals between the values. */
const INTERVALS = 192;
/** Ends whose ratio is larger have steps of equal ratios, as those of doses have. */
const WIDE = 20;

/** In steps of equal length, or of equal ratio. */
export function searchGrid(lower: number, upper: number, intervals = INTERVALS): SearchGrid {
  const isWide = lower > 0 && upper / lower > WIDE;
  const at = (place: number) => {
    const share = place / intervals;
    if (share <= 0) return lower;
    if (share >= 1) return upper;
    return isWide ? lower * (upper / lower) ** share : lower + (upper - lower) * share;
  };
  return { xs: Array.from({ length: intervals + 1 }, (_, k) => at(k)), at };
}
