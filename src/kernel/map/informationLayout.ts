import type { PredictorMemory } from "../PredictorMemory.js";
import { type Arena, addressOf, type Fields } from "./Arena.js";
import type { Coupling, EffectsModel, FactorReference } from "./EffectsModel.js";
import * as E from "./effectsDescriptor.js";
import type { Grid } from "./Grid.js";
import type { Placement } from "./Placement.js";

/** A coupling is a dense matrix if at least so much of it is not zero by structure. */
const DENSE_SHARE = 1 / 3;

/** What h is made of besides r: dense matrices, of the coefficients and of couplings, and couplings by the levels that meet. */
export function placeInformation(
  { factors }: EffectsModel,
  { factor, grid }: Placement,
  dBeta: number,
  arena: Arena,
  memory: PredictorMemory | null,
): Fields {
  const own = factors[factor];
  const size = own.levels * own.effects;
  const p = own.A.length / size;
  const matrices = [
    [
      [E.COLUMNS_MATRIX, arena.floats(p * grid.length, (to) => writeCoefficients(own.A, p, grid, to))],
      [E.COLUMNS_COUNT, p],
      [E.COLUMNS_X, dBeta],
      [E.COLUMNS_GRADIENT, addressOf(memory?.betaGradient)],
    ] satisfies Fields,
  ];
  const couplings: Fields[] = [];
  for (const coupling of own.couplings) {
    const { levels, effects: width } = factors[coupling.factor];
    const effects = addressOf(memory?.effects[coupling.factor]);
    const gradient = addressOf(memory?.effectsGradient[coupling.factor]);
    const columns = levels * width;
    if (coupling.blocks.length >= DENSE_SHARE * size * columns)
      matrices.push([
        [E.COLUMNS_MATRIX, arena.floats(columns * grid.length, (to) => writeCoupling(coupling, own, width, grid, to))],
        [E.COLUMNS_COUNT, columns],
        [E.COLUMNS_X, effects],
        [E.COLUMNS_GRADIENT, gradient],
      ]);
    else
      couplings.push([
        ...placeSparse(coupling, own, width, grid, arena),
        [E.COUPLING_B, effects],
        [E.COUPLING_GRADIENT, gradient],
      ]);
  }
  const columns = placeRecords(matrices, E.COLUMNS_BYTES, arena);
  const sparse = placeRecords(couplings, E.COUPLING_BYTES, arena);
  return [
    [E.COLUMNS_FIRST, columns.first],
    [E.COLUMNS_END, columns.end],
    [E.COUPLINGS_FIRST, sparse.first],
    [E.COUPLINGS_END, sparse.end],
  ];
}

function placeRecords(records: readonly Fields[], bytes: number, arena: Arena) {
  const first = arena.reserve(bytes * records.length);
  records.forEach((fields, k) => {
    arena.put(first + k * bytes, fields);
  });
  return { first, end: first + bytes * records.length };
}

/** -A */
function writeCoefficients(A: Float64Array, p: number, grid: Grid, to: Float64Array): void {
  for (let k = 0; k < A.length; k++) to[(k % p) * grid.length + grid.place(Math.floor(k / p))] = -A[k];
}

/** -C */
function writeCoupling(
  { start, levels, blocks }: Coupling,
  { levels: J, effects: q }: FactorReference,
  width: number,
  grid: Grid,
  to: Float64Array,
): void {
  for (let j = 0; j < J; j++)
    for (let m = start[j]; m < start[j + 1]; m++)
      for (let c = 0; c < q; c++)
        for (let e = 0; e < width; e++)
          to[(levels[m] * width + e) * grid.length + grid.place(j * q + c)] = -blocks[(m * q + c) * width + e];
}

function placeSparse(
  { start, levels, blocks }: Coupling,
  { levels: J, effects: q }: FactorReference,
  width: number,
  grid: Grid,
  arena: Arena,
): Fields {
  const step = (k: number) => 8 * grid.place(k);
  return [
    [E.COUPLING_LEVELS, J],
    [E.COUPLING_EFFECTS, q],
    [E.COUPLING_LEVEL_STEP, step(q)],
    [E.COUPLING_EFFECT_STEP, q > 1 ? step(1) : 0],
    [E.COUPLING_WIDTH, width],
    [E.COUPLING_STARTS, arena.integers(start)],
    [E.COUPLING_INDEX, arena.integers(levels)],
    [E.COUPLING_BLOCKS, arena.floats(blocks.length, (to) => to.set(blocks))],
  ];
}

/** r + C mode of the couplings, level-major: what h has of neither beta - beta0 nor the other factors' effects. */
export function constantInformation(factors: readonly FactorReference[], f: number): Float64Array {
  const { levels: J, effects: q, couplings, r } = factors[f];
  const constant = r.slice();
  for (const { factor, start, levels, blocks } of couplings) {
    const { effects: width, mode } = factors[factor];
    for (let j = 0; j < J; j++)
      for (let m = start[j]; m < start[j + 1]; m++)
        for (let c = 0; c < q; c++)
          for (let e = 0; e < width; e++)
            constant[j * q + c] += blocks[(m * q + c) * width + e] * mode[levels[m] * width + e];
  }
  return constant;
}
