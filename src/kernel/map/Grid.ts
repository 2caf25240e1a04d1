/** Numbers. */
const CACHE_LINE = 8;

/** The numbers of a factor as columns of levels, where one whose levels are all coupled is one level of all its effects. */
export class Grid {
  readonly levels: number;
  readonly effects: number;
  /** Effects of a block of P. */
  readonly block: number;
  /** Numbers from one column to the next, even; of long columns an odd number of cache lines, which spreads them over the sets of a cache. */
  readonly stride: number;

  constructor(levels: number, effects: number, block: number) {
    this.levels = levels;
    this.effects = effects;
    this.block = block;
    this.stride =
      levels <= CACHE_LINE ? levels + (levels % 2) : CACHE_LINE * (2 * Math.floor(levels / CACHE_LINE / 2) + 1);
    if (this.stride < levels) this.stride += 2 * CACHE_LINE;
  }

  /** Numbers of all columns. */
  get length(): number {
    return this.effects * this.stride;
  }

  /** Where the k-th of level-major numbers stands. */
  place(k: number): number {
    return (k % this.effects) * this.stride + Math.floor(k / this.effects);
  }

  /** Writes level-major numbers. */
  write(values: ArrayLike<number>, to: Float64Array): void {
    for (let k = 0; k < values.length; k++) to[this.place(k)] = values[k];
  }
}
