import type { CrossProducts, LatentGaussian } from "../../density/LatentGaussian.js";
import { meetings } from "../factorisations/Meetings.js";

/** Z'WZ between two factors: block m, q x q', is between level j of the first and levels[m] of the other, start[j] <= m < start[j + 1]. */
export interface CrossBlocks {
  readonly start: Int32Array;
  readonly levels: Int32Array;
  /** Row-major blocks, in the order of `levels`. */
  readonly blocks: Float64Array;
}

export function crossBlocks(view: LatentGaussian, { pairs }: CrossProducts, of: number, other: number): CrossBlocks {
  const [q, width] = [view.factors[of].effects, view.factors[other].effects];
  const met = meetings(view, of, other);
  const blocks = new Float64Array(met.levels.length * q * width);
  for (let m = 0, at = 0; m < met.levels.length; m++)
    for (let c = 0; c < q; c++)
      for (let e = 0; e < width; e++, at++)
        blocks[at] = pairs[met.pair][met.blocks[m] * q * width + c * met.ofStride + e * met.otherStride];
  return { start: met.start, levels: met.levels, blocks };
}

/** out += C x, with blocks of q x width. */
export function addCrossProduct(
  { start, levels, blocks }: CrossBlocks,
  q: number,
  width: number,
  x: Float64Array,
  out: Float64Array,
): void {
  for (let j = 0; j + 1 < start.length; j++)
    for (let m = start[j]; m < start[j + 1]; m++)
      for (let c = 0; c < q; c++)
        for (let e = 0; e < width; e++) out[j * q + c] += blocks[(m * q + c) * width + e] * x[levels[m] * width + e];
}

/** out += B x for diagonal blocks of q x q. */
export function addBlockProduct(B: Float64Array, q: number, x: Float64Array, out: Float64Array): void {
  for (let k = 0; k < out.length; k++) for (let c = 0; c < q; c++) out[k] += B[k * q + c] * x[k - (k % q) + c];
}
