import type { LatentGaussian } from "../../density/LatentGaussian.js";

/**
 * The independent parts of a model given its parameters: sets of levels that no row joins to others. Each level of a single factor is
 * one, with nested factors each level of the coarsest; crossed factors mostly make one of all.
 */
export interface Clusters {
  readonly count: number;
  /** Length n: the cluster of each row. */
  readonly rows: Int32Array;
  /** Per factor, the cluster of each level. */
  readonly levels: readonly Int32Array[];
}

export function clusters({ rows, factors, pairs }: LatentGaussian): Clusters {
  if (factors.length === 0) return { count: 1, rows: new Int32Array(rows), levels: [] };
  const first = [0];
  for (const { levels } of factors) first.push(first[first.length - 1] + levels);
  const leader = Int32Array.from({ length: first[first.length - 1] }, (_, k) => k);
  for (const { first: f, second: g, start, levels } of pairs)
    for (let j = 0; j < factors[f].levels; j++)
      for (let k = start[j]; k < start[j + 1]; k++) join(leader, first[f] + j, first[g] + levels[k]);
  const numbers = new Int32Array(leader.length).fill(-1);
  let count = 0;
  const numbered = factors.map(({ levels }, f) =>
    Int32Array.from({ length: levels }, (_, j) => {
      const root = find(leader, first[f] + j);
      if (numbers[root] < 0) numbers[root] = count++;
      return numbers[root];
    }),
  );
  return { count, rows: factors[0].levelIndex.map((level) => numbered[0][level]), levels: numbered };
}

/** Union-find with path halving (Tarjan & van Leeuwen, 1984). */
function find(leader: Int32Array, node: number): number {
  let at = node;
  while (leader[at] !== at) {
    leader[at] = leader[leader[at]];
    at = leader[at];
  }
  return at;
}

function join(leader: Int32Array, a: number, b: number): void {
  const [rootA, rootB] = [find(leader, a), find(leader, b)];
  leader[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}
