import type { GroupingFactor } from "./Design.js";

type Levels = Pick<GroupingFactor, "levels" | "levelIndex">;

/** The closest factor that `child` is nested in: of those with fewer levels that hold each of its levels whole, the finest. */
export function findParent(child: number, factors: readonly Levels[]): GroupingFactor["parent"] {
  const size = factors[child].levels.length;
  const coarser = factors
    .map(({ levels, levelIndex }, factor) => ({ factor, size: levels.length, levelIndex }))
    .filter((candidate) => candidate.size < size)
    .sort((a, b) => b.size - a.size);
  for (const { factor, levelIndex } of coarser) {
    const parents = parentLevels(factors[child], levelIndex);
    if (parents !== null) return { factor, levelIndex: parents };
  }
  return null;
}

/** For each level of the child the one level that its rows have, or null if one has two. */
function parentLevels(child: Levels, codes: Int32Array): Int32Array | null {
  const parents = new Int32Array(child.levels.length).fill(-1);
  for (let i = 0; i < codes.length; i++) {
    const level = child.levelIndex[i];
    if (parents[level] < 0) parents[level] = codes[i];
    else if (parents[level] !== codes[i]) return null;
  }
  return parents;
}
