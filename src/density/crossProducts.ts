import { sortRows } from "../design/sortRows.js";
import { addByGroup } from "../math/linalg/addByGroup.js";
import type { CrossProducts, EffectOfFactor, EffectsBlocks, FactorPair } from "./LatentGaussian.js";
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
  const keys = [first, second].map(({ levelIndex: codes, levels: size }) => ({ codes, size }));
  const [of, met] = [first.levelIndex, second.levelIndex];
  const start = new Int32Array(first.levels + 1);
  const rowBlock = new Int32Array(rows);
  const levels = new Int32Array(rows);
  let [count, last] = [0, -1];
  for (const row of sortRows(keys, rows)) {
    if (last < 0 || of[row] !== of[last] || met[row] !== met[last]) {
      levels[count++] = met[row];
      start[of[row] + 1] = count;
    }
    rowBlock[row] = count - 1;
    last = row;
  }
  for (let j = 1; j <= first.levels; j++) start[j] = Math.max(start[j], start[j - 1]);
  return { start, levels: levels.slice(0, count), rowBlock };
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
    accumulateZWX(factor, data, w, out.factors[f].ZWX);
  });
  const blocks = { factors: out.factors.map(({ ZWZ }) => ZWZ), pairs: out.pairs };
  accumulateEffects(data.factors, pairs, w, blocks);
}

/** Z'WZ. */
export function accumulateEffects(
  factors: readonly FactorData[],
  pairs: readonly PairPattern[],
  w: Float64Array,
  out: EffectsBlocks,
): void {
  factors.forEach((factor, f) => {
    const q = factor.effects;
    const ZWZ = out.factors[f];
    ZWZ.fill(0);
    for (let a = 0; a < q; a++)
      for (let b = 0; b <= a; b++)
        addBlocks(column(factor, a), column(factor, b), w, factor.levelIndex, ZWZ, q * q, a * q + b);
    mirror(ZWZ, q);
  });
  pairs.forEach((pair, k) => {
    const [first, second] = [factors[pair.first], factors[pair.second]];
    const size = first.effects * second.effects;
    const blocks = out.pairs[k];
    blocks.fill(0);
    for (let a = 0; a < first.effects; a++)
      for (let b = 0; b < second.effects; b++)
        addBlocks(column(first, a), column(second, b), w, pair.rowBlock, blocks, size, a * second.effects + b);
  });
}

/** The adjoint of `accumulateEffects`: z_i' B z_i of each row i. */
export function rowForms(
  factors: readonly FactorData[],
  pairs: readonly PairPattern[],
  B: EffectsBlocks,
  out: Float64Array,
): void {
  out.fill(0);
  factors.forEach((factor, f) => {
    const q = factor.effects;
    for (let a = 0; a < q; a++)
      for (let b = 0; b <= a; b++) {
        const [za, zb] = [column(factor, a), column(factor, b)];
        addForms(za, zb, factor.levelIndex, B.factors[f], q * q, a * q + b, a === b ? 1 : 2, out);
      }
  });
  pairs.forEach((pair, k) => {
    const [first, second] = [factors[pair.first], factors[pair.second]];
    const size = first.effects * second.effects;
    for (let a = 0; a < first.effects; a++)
      for (let b = 0; b < second.effects; b++) {
        const at = a * second.effects + b;
        addForms(column(first, a), column(second, b), pair.rowBlock, B.pairs[k], size, at, 2, out);
      }
  });
}

/** z_i' B e_i of each row i, e_i one effect of a factor at the row's level; see `LatentGaussian.rowProducts`. */
export function rowProducts(
  factors: readonly FactorData[],
  pairs: readonly PairPattern[],
  B: EffectsBlocks,
  { factor: f, effect: e }: EffectOfFactor,
  out: Float64Array,
): void {
  out.fill(0);
  const own = factors[f];
  const q = own.effects;
  for (let a = 0; a < q; a++) addForms(column(own, a), null, own.levelIndex, B.factors[f], q * q, a * q + e, 1, out);
  pairs.forEach((pair, k) => {
    if (pair.first !== f && pair.second !== f) return;
    const isFirst = pair.first === f;
    const other = factors[isFirst ? pair.second : pair.first];
    const [rowStep, columnStep] = isFirst ? [1, other.effects] : [q, 1];
    for (let a = 0; a < other.effects; a++)
      addForms(
        column(other, a),
        null,
        pair.rowBlock,
        B.pairs[k],
        q * other.effects,
        a * rowStep + e * columnStep,
        1,
        out,
      );
  });
}

/** Adds scale * za_i zb_i times one entry of the block of each row. */
function addForms(
  za: Float64Array | null,
  zb: Float64Array | null,
  blockOf: Int32Array,
  blocks: Float64Array,
  size: number,
  at: number,
  scale: number,
  out: Float64Array,
): void {
  const rows = out.length;
  if (za === null && zb === null) for (let i = 0; i < rows; i++) out[i] += scale * blocks[blockOf[i] * size + at];
  else
    for (let i = 0; i < rows; i++) {
      const product = (za === null ? 1 : za[i]) * (zb === null ? 1 : zb[i]);
      out[i] += scale * product * blocks[blockOf[i] * size + at];
    }
}

function accumulateZWX(factor: FactorData, data: PredictorData, w: Float64Array, ZWX: Float64Array): void {
  const p = data.columns;
  ZWX.fill(0);
  for (let k = 0; k < p; k++) {
    const x = data.X.subarray(k * w.length, (k + 1) * w.length);
    for (let a = 0; a < factor.effects; a++)
      addBlocks(column(factor, a), x, w, factor.levelIndex, ZWX, factor.effects * p, a * p + k);
  }
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

/** One column of Z, null where it is 1 in every row. */
function column({ Z, levelIndex: { length: rows } }: FactorData, effect: number): Float64Array | null {
  return Z === null ? null : Z.subarray(effect * rows, (effect + 1) * rows);
}

/** Adds w_i za_i zb_i of each row to one entry of its block; null stands for a column of ones. */
function addBlocks(
  za: Float64Array | null,
  zb: Float64Array | null,
  w: Float64Array,
  blockOf: Int32Array,
  blocks: Float64Array,
  size: number,
  at: number,
): void {
  const rows = w.length;
  if (za === null && zb === null && size === 1) addByGroup(w, blockOf, blocks);
  else if (za === null && zb === null) for (let i = 0; i < rows; i++) blocks[blockOf[i] * size + at] += w[i];
  else
    for (let i = 0; i < rows; i++) {
      const weight = zb === null ? w[i] : w[i] * zb[i];
      blocks[blockOf[i] * size + at] += za === null ? weight : za[i] * weight;
    }
}

/** Copies the lower triangle of each q x q block to its upper one. */
function mirror(blocks: Float64Array, q: number): void {
  for (let start = 0; start < blocks.length; start += q * q)
    for (let a = 0; a < q; a++) for (let b = 0; b < a; b++) blocks[start + b * q + a] = blocks[start + a * q + b];
}
