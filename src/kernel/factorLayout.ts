import { type CovariatePatterns, ROWS_OF_PART } from "./covariatePatterns.js";
import * as D from "./descriptor.js";
import type { KernelModel } from "./KernelModel.js";
import { reservation } from "./layout.js";

/** Of two, that a product of a pattern's odds may reach. */
const LARGEST_POWER = 1000;
/** The exponential of a linear predictor there is 0. */
const PAD_OFFSET = -1000;

export function patternBytes(effects: number): number {
  return D.PATTERN_VECTORS + 8 * D.VECTORS_OF_PATTERN * effects;
}

/** Regions by their place in the descriptor. */
export function layOutFactor(
  { columns, trials, factors }: KernelModel,
  { rows, starts, mostPatterns }: CovariatePatterns,
  nodes: number,
) {
  const [{ levels, effects: q }] = factors;
  const { reserve, end } = reservation();
  reserve(D.LEVELS_DESCRIPTOR_BYTES);
  const [column, atNodes] = [8 * rows.length, 8 * (nodes + (nodes % 2))];
  const numbers: readonly (readonly [number, number])[] = [
    [D.BETA, 8 * columns],
    [D.BETA_GRADIENT, 8 * columns],
    [D.LAMBDA, 8 * q * q],
    [D.LAMBDA_GRADIENT, 8 * q * q],
    [D.WORKSPACE, 8 * (D.WORK_VECTORS * q + D.WORK_MATRICES * q * q)],
    [D.AXIS, atNodes],
    [D.NODE_X, q * atNodes],
    [D.NODE_LOG_WEIGHTS, atNodes],
    [D.NODE_SHARES, atNodes],
    [D.NODE_STEPS, q * atNodes],
    [D.NODE_WORK, atNodes],
    [D.NODE_FACTORS, mostPatterns * atNodes],
    [D.LEVEL_STARTS, 4 * (levels + 1)],
    [D.LEVEL_MODES, 8 * levels * q],
    [D.LEVEL_FACTORS, 8 * levels * q * q],
    [D.LEVEL_MOMENTS, 24 * levels * q],
    [D.PATTERN_RECORDS, (starts.length - 1) * patternBytes(q)],
    [D.ETA, column],
    [D.OFFSET, column],
    [D.ROW_RESPONSE, column],
    [D.ROW_FACTORS, column],
    [D.ROW_MEANS, 2 * column],
    [D.X, column * columns],
    ...(trials === null ? [] : [[D.ROW_TRIALS, column] as const]),
  ];
  const at = new Map(numbers.map(([offset, bytes]) => [offset, reserve(bytes)]));
  return { at, bytes: end() };
}

export function* copyRows(
  { rows: n, columns, X, offset, response, trials }: KernelModel,
  { rows }: CovariatePatterns,
  region: (offset: number) => Float64Array,
): Generator<undefined, void, void> {
  const [offsets, responses, sizes, toX] = [D.OFFSET, D.ROW_RESPONSE, D.ROW_TRIALS, D.X].map(region);
  for (let place = 0; place < rows.length; place++) {
    if (place % ROWS_OF_PART === 0 && place > 0) yield;
    const row = rows[place];
    offsets[place] = row < 0 ? PAD_OFFSET : (offset?.[row] ?? 0);
    if (row < 0) continue;
    responses[place] = response[row];
    if (trials !== null) sizes[place] = trials[row];
    for (let k = 0; k < columns; k++) toX[k * rows.length + place] = X[k * n + row];
  }
}

export function* copyPatterns(
  { rows: n, response, factors: [{ effects, Z }] }: KernelModel,
  { rows, starts }: CovariatePatterns,
  records: DataView,
): Generator<undefined, void, void> {
  const bytes = patternBytes(effects);
  for (let k = 0, at = 0; k + 1 < starts.length; k++, at += bytes) {
    if (k % ROWS_OF_PART === 0 && k > 0) yield;
    const [first, end] = [starts[k], starts[k + 1]];
    let total = 0;
    for (let place = first; place < end; place++) if (rows[place] >= 0) total += response[rows[place]];
    records.setUint32(at + D.PATTERN_FIRST, 8 * first, true);
    records.setUint32(at + D.PATTERN_END, 8 * end, true);
    records.setFloat64(at + D.PATTERN_RESPONSE, total, true);
    records.setFloat64(at + D.PATTERN_LIMIT, limits[end - first] ?? limitOf(end - first), true);
    for (let e = 0; e < effects; e++)
      records.setFloat64(at + D.PATTERN_VECTORS + 8 * e, Z === null ? 1 : Z[e * n + rows[first]], true);
  }
}

/** Of patterns of so many rows, of which nearly all have few. */
const limits = Array.from({ length: 65 }, (_, rows) => limitOf(rows));

function limitOf(rows: number): number {
  return 2 ** (LARGEST_POWER / rows) - 1;
}
