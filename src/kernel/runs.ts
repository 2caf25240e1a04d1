/** Below this many rows a run, reading row by row is as fast. */
const worthwhileLength = 3;

/**
 * The runs of a level index: pairs (row after the last, level) of consecutive rows of one level, cut at the ends of chunks.
 * Null where they are too short to be worth it.
 */
export function levelRuns(levelIndex: Int32Array, chunkRows: number): Int32Array | null {
  const count = walkRuns(levelIndex, chunkRows, () => {});
  if (levelIndex.length < worthwhileLength * count) return null;
  const runs = new Int32Array(2 * count);
  walkRuns(levelIndex, chunkRows, (run, end, level) => {
    runs[2 * run] = end;
    runs[2 * run + 1] = level;
  });
  return runs;
}

function walkRuns(
  levelIndex: Int32Array,
  chunkRows: number,
  visit: (run: number, end: number, level: number) => void,
): number {
  let count = 0;
  for (let row = 1; row <= levelIndex.length; row++) {
    const level = levelIndex[row - 1];
    if (row < levelIndex.length && levelIndex[row] === level && row % chunkRows !== 0) continue;
    visit(count, row, level);
    count++;
  }
  return count;
}
