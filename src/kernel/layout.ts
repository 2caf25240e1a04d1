import { DESCRIPTOR, FACTOR_BYTES, FACTOR_RECORDS } from "./descriptor.js";
import type { KernelFactor, KernelModel } from "./KernelModel.js";

/** A buffer in the module's memory. */
export interface Region {
  readonly address: number;
  readonly bytes: number;
}

export interface FactorLayout {
  readonly b: Region;
  readonly gradient: Region;
  readonly Z: Region | null;
  /** Null where the factor has runs. */
  readonly levelIndex: Region | null;
  readonly runs: Region | null;
}

/** Where a model stands in memory. Buffers start on cache lines and at least one free line follows each. */
export interface Layout {
  readonly chunkRows: number;
  /** Bytes from one column to the next. */
  readonly stride: number;
  readonly descriptor: Region;
  readonly beta: Region;
  readonly betaGradient: Region;
  readonly eta: Region;
  readonly X: Region;
  readonly offset: Region | null;
  readonly response: Region;
  readonly trials: Region | null;
  readonly factors: readonly FactorLayout[];
  /** All of them. */
  readonly bytes: number;
}

const cacheLine = 64;
/** What a chunk may take of the first-level cache with its columns of X and Z. */
const chunkBytes = 24 * 1024;

/** Rows of a chunk: even, 128 to 1024 (above that the products of probabilities would underflow). */
export function chunkRowsOf(model: KernelModel): number {
  const columns = model.factors.reduce((sum, { Z, effects }) => sum + (Z === null ? 0 : effects), model.columns);
  const rows = Math.floor(chunkBytes / (8 * Math.max(columns, 1)));
  return Math.min(Math.max(rows - (rows % 2), 128), 1024);
}

/** Hands out memory from an address on, one region after another. */
export function reservation(start = DESCRIPTOR): { reserve(bytes: number): Region; end(): number } {
  let end = start;
  return {
    reserve(bytes) {
      const address = end;
      end = cacheLine * (Math.ceil((address + bytes) / cacheLine) + 1);
      return { address, bytes };
    },
    end: () => end,
  };
}

/** `runs`: per factor the number of its runs, or null where it is read by its level index. */
export function layOut(model: KernelModel, runs: readonly (number | null)[]): Layout {
  const { reserve, end } = reservation();
  const chunkRows = chunkRowsOf(model);
  const stride = 8 * (model.rows + (model.rows % 2));
  const column = () => reserve(stride);
  const reserveFactor = ({ levels, effects, Z }: KernelFactor, runCount: number | null): FactorLayout => ({
    b: reserve(8 * levels * effects),
    gradient: reserve(8 * levels * effects),
    Z: Z === null ? null : reserve(stride * effects),
    levelIndex: runCount === null ? reserve(4 * model.rows) : null,
    runs: runCount === null ? null : reserve(8 * runCount),
  });
  const buffers = {
    descriptor: reserve(FACTOR_RECORDS + FACTOR_BYTES * model.factors.length),
    beta: reserve(8 * model.columns),
    betaGradient: reserve(8 * model.columns),
    eta: reserve(Math.min(8 * chunkRows, stride)),
    X: reserve(stride * model.columns),
    offset: model.offset === null ? null : column(),
    response: column(),
    trials: model.trials === null ? null : column(),
    factors: model.factors.map((factor, k) => reserveFactor(factor, runs[k] ?? null)),
  };
  return { chunkRows, stride, ...buffers, bytes: end() };
}
