import type { KernelFactor } from "./KernelModel.js";

/**
 * The rows of one factor level by level, and in a level those with the same covariates of the effects together, as a covariate pattern. Pattern k
 * has the places from starts[k] to before starts[k + 1], an even number of them, and level j the patterns from levelStarts[j] to before
 * levelStarts[j + 1].
 */
export interface CovariatePatterns {
  /** -1 at a place that makes a pattern's number even. */
  readonly rows: Int32Array;
  readonly starts: Int32Array;
  readonly levelStarts: Int32Array;
  /** Of the largest level. */
  readonly mostPatterns: number;
}

export function covariatePatterns(factor: KernelFactor): CovariatePatterns {
  return atOnce(covariatePatternsInParts(factor));
}

/** What is done in parts of some milliseconds each, done without a pause. */
export function atOnce<T>(parts: Generator<undefined, T, void>): T {
  for (;;) {
    const part = parts.next();
    if (part.done) return part.value;
  }
}

/** Rows that are sorted, or copied, in a part. */
export const ROWS_OF_PART = 2 ** 14;

export function* covariatePatternsInParts({
  levels,
  levelIndex,
  effects,
  Z,
}: KernelFactor): Generator<undefined, CovariatePatterns, void> {
  const n = levelIndex.length;
  const { members, start } = byLevel(levels, levelIndex);
  const compare = (one: number, other: number) => {
    for (let at = 0; Z !== null && at < effects * n; at += n)
      if (Z[at + one] !== Z[at + other]) return Z[at + one] - Z[at + other];
    return one - other;
  };
  const isSame = (one: number, other: number) => {
    for (let at = 0; Z !== null && at < effects * n; at += n) if (Z[at + one] !== Z[at + other]) return false;
    return true;
  };
  const rows = new Int32Array(2 * n);
  const starts = new Int32Array(n + 1);
  const levelStarts = new Int32Array(levels + 1);
  let [place, count, mostPatterns] = [0, 0, 0];
  for (let j = 0, paused = 0; j < levels; j++) {
    if (start[j] - paused > ROWS_OF_PART) {
      yield;
      paused = start[j];
    }
    const own = members.subarray(start[j], start[j + 1]);
    if (Z !== null) own.sort(compare);
    own.forEach((row, k) => {
      if (k === 0 || !isSame(own[k - 1], row)) {
        if (place % 2 === 1) rows[place++] = -1;
        starts[count++] = place;
      }
      rows[place++] = row;
    });
    levelStarts[j + 1] = count;
    mostPatterns = Math.max(mostPatterns, count - levelStarts[j]);
  }
  if (place % 2 === 1) rows[place++] = -1;
  starts[count] = place;
  return { rows: rows.slice(0, place), starts: starts.slice(0, count + 1), levelStarts, mostPatterns };
}

/** Rows in the order of their levels: level j's stand from start[j] to before start[j + 1]. */
function byLevel(levels: number, levelIndex: Int32Array) {
  const start = new Int32Array(levels + 1);
  for (const level of levelIndex) start[level + 1]++;
  for (let j = 0; j < levels; j++) start[j + 1] += start[j];
  const next = start.slice();
  const members = new Int32Array(levelIndex.length);
  levelIndex.forEach((level, row) => {
    members[next[level]++] = row;
  });
  return { members, start };
}
