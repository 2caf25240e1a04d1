import type { FactorPair, LatentGaussian } from "../../density/LatentGaussian.js";

/** Which levels of a factor `other` meet each level of a factor `of`, whichever of them comes first in the model. */
export interface Meetings {
  /** Level j of `of` meets levels[start[j]] .. levels[start[j + 1] - 1] of `other`, ascending. */
  readonly start: Int32Array;
  readonly levels: Int32Array;
  /** Position of each meeting's block among those of the pair. */
  readonly blocks: Int32Array;
  /** Position in the view's `pairs`. */
  readonly pair: number;
  /** Distances of neighbouring entries of a block, in the effects of `of` and in those of `other`. */
  readonly ofStride: number;
  readonly otherStride: number;
}

export function meetings({ factors, pairs }: LatentGaussian, of: number, other: number): Meetings {
  const pair = pairs.findIndex(({ first, second }) => first === Math.min(of, other) && second === Math.max(of, other));
  if (pair < 0) throw new RangeError(`factors ${of} and ${other} are no pair of this model`);
  const { start, levels } = pairs[pair];
  const q = factors[Math.max(of, other)].effects;
  if (of < other) return { start, levels, blocks: levels.map((_, k) => k), pair, ofStride: q, otherStride: 1 };
  return { ...turned(pairs[pair], factors[of].levels), pair, ofStride: 1, otherStride: q };
}

/** The pattern seen from the second factor. */
function turned(pair: FactorPair, levels: number): Pick<Meetings, "start" | "levels" | "blocks"> {
  const start = new Int32Array(levels + 1);
  for (const level of pair.levels) start[level + 1]++;
  for (let j = 0; j < levels; j++) start[j + 1] += start[j];
  const next = start.slice();
  const others = new Int32Array(pair.levels.length);
  const blocks = new Int32Array(pair.levels.length);
  for (let j = 0; j + 1 < pair.start.length; j++)
    for (let k = pair.start[j]; k < pair.start[j + 1]; k++) {
      const at = next[pair.levels[k]]++;
      others[at] = j;
      blocks[at] = k;
    }
  return { start, levels: others, blocks };
}
