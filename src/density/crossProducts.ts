import type { CrossProducts, FactorPair } from "./LatentGaussian.js";
import type { FactorData, PredictorData } from "./PredictorData.js";

/** Which levels of two factors meet, with the block that each row adds to. */
export interface PairPattern extends FactorPair {
  /** Length n: position in `levels`. */
  readonly rowBlock: Int32Array;
}

export function pairPatterns(factors: readonly FactorData[]): PairPattern[] {
  return factors.flatMap((first, f) =>
    factors.slice(f + 1).map((second, k) => ({ first: f, second: f + 1 + k, ...meetings(first, second) })),
  );
}

function meetings(first: FactorData, second: FactorData): Pick<PairPattern, "start" | "levels" | "rowBlock"> {
  const rows = first.levelIndex.length;
  const keys = Float64Array.from(first.levelIndex, (level, i) => level * second.levels + second.levelIndex[i]);
  const distinct = Float64Array.from(new Set(keys)).sort();
  const blockOf = new Map<number, number>();
  const start = new Int32Array(first.levels + 1);
  distinct.forEach((key, k) => {
    blockOf.set(key, k);
    start[Math.floor(key / second.levels) + 1] = k + 1;
  });
  for (let j = 1; j <= first.levels; j++) start[j] = Math.max(start[j], start[j - 1]);
  const rowBlock = new Int32Array(rows);
  for (let i = 0; i < rows; i++) rowBlock[i] = blockOf.get(keys[i]) ?? 0;
  return { start, levels: Int32Array.from(distinct, (key) => key % second.levels), rowBlock };
}

export function crossProductBuffers(data: PredictorData, pairs: readonly FactorPair[]): CrossProducts {
  const p = data.columns;
  return {
    XWX: new Float64Array(p * p),
    factors: data.factors.map(({ levels, effects: q }) => ({
      ZWZ: new Float64Array(levels * q * q),
      ZWX: new Float64Array(levels * q * p),
    })),
    pairs: pairs.map(
      ({ first, second, levels }) =>
        new Float64Array(levels.length * data.factors[first].effects * data.factors[second].effects),
    ),
  };
}

/** Fills `out` for the row weights w. */
export function accumulate(
  data: PredictorData,
  pairs: readonly PairPattern[],
  w: Float64Array,
  out: CrossProducts,
): void {
  accumulateXWX(data, w, out.XWX);
  data.factors.forEach((factor, f) => {
    const { ZWZ, ZWX } = out.factors[f];
    const q = factor.effects;
    ZWZ.fill(0);
    ZWX.fill(0);
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) addBlocks(factor, a, covariate(factor, b, w), ZWZ, q * q, a * q + b);
      for (let k = 0; k < data.columns; k++)
        addBlocks(factor, a, weighted(data.X, k, w), ZWX, q * data.columns, a * data.columns + k);
    }
    mirror(ZWZ, q);
  });
  pairs.forEach((pair, k) => {
    accumulatePair(data.factors[pair.first], data.factors[pair.second], pair.rowBlock, w, out.pairs[k]);
  });
}

function accumulateXWX({ X, rows, columns: p }: PredictorData, w: Float64Array, XWX: Float64Array): void {
  for (let a = 0; a < p; a++) {
    const wx = weighted(X, a, w);
    for (let b = 0; b <= a; b++) {
      let total = 0;
      for (let i = 0, x = b * rows; i < rows; i++, x++) total += wx[i] * X[x];
      XWX[a * p + b] = total;
      XWX[b * p + a] = total;
    }
  }
}

/** w times one column of a column-major matrix. */
function weighted(matrix: Float64Array, column: number, w: Float64Array): Float64Array {
  const rows = w.length;
  const product = new Float64Array(rows);
  for (let i = 0, x = column * rows; i < rows; i++, x++) product[i] = w[i] * matrix[x];
  return product;
}

function covariate({ Z }: FactorData, effect: number, w: Float64Array): Float64Array {
  return Z === null ? w : weighted(Z, effect, w);
}

/** Adds Z_effect times `s` to one entry of the block of each row's level. */
function addBlocks(
  factor: FactorData,
  effect: number,
  s: Float64Array,
  blocks: Float64Array,
  size: number,
  at: number,
): void {
  const { Z, levelIndex } = factor;
  const rows = s.length;
  if (Z === null) for (let i = 0; i < rows; i++) blocks[levelIndex[i] * size + at] += s[i];
  else for (let i = 0, z = effect * rows; i < rows; i++, z++) blocks[levelIndex[i] * size + at] += Z[z] * s[i];
}

/** Copies the lower triangle of each q x q block to its upper one. */
function mirror(blocks: Float64Array, q: number): void {
  for (let start = 0; start < blocks.length; start += q * q)
    for (let a = 0; a < q; a++) for (let b = 0; b < a; b++) blocks[start + b * q + a] = blocks[start + a * q + b];
}

function accumulatePair(
  first: FactorData,
  second: FactorData,
  rowBlock: Int32Array,
  w: Float64Array,
  blocks: Float64Array,
): void {
  const rows = w.length;
  const size = first.effects * second.effects;
  blocks.fill(0);
  for (let a = 0; a < first.effects; a++)
    for (let b = 0; b < second.effects; b++) {
      const at = a * second.effects + b;
      for (let i = 0; i < rows; i++) {
        const za = first.Z === null ? 1 : first.Z[a * rows + i];
        const zb = second.Z === null ? 1 : second.Z[b * rows + i];
        blocks[rowBlock[i] * size + at] += za * w[i] * zb;
      }
    }
}
