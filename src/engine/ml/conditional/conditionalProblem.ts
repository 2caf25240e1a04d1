import type { ConditionalResponse, LatentGaussian } from "../../../density/LatentGaussian.js";
import { dependentColumns } from "../../../math/linalg/dependentColumns.js";
import { columnOfOnes, standardBasis } from "../../../math/linalg/standardBasis.js";
import { dot } from "../../../math/linalg/triangularFactor.js";
import { designColumns } from "../designColumns.js";
import type { Stratum } from "./Stratum.js";

/** What is left of a model when the stratum totals are given. */
export interface ConditionalProblem {
  /** Their X in coordinates of their own: coefficients of the kept columns are `toColumns` times those of the strata. */
  readonly strata: readonly Stratum[];
  /** k x k, row-major. */
  readonly toColumns: Float64Array;
  /** Columns of X whose coefficients are estimated, ascending. */
  readonly kept: readonly number[];
  /** Their largest distances from the mean of a stratum. */
  readonly reach: readonly number[];
  /** Columns that are constant within every informative stratum. */
  readonly constant: readonly number[];
  /** Columns that are combinations of earlier ones within strata. */
  readonly dependent: readonly number[];
  /** Strata that say nothing of beta: the first of these reasons that holds. */
  readonly uninformative: { readonly noSuccess: number; readonly noFailure: number; readonly oneRow: number };
}

/** A column shorter than this share of its length before it was centred within strata varies by rounding only. */
const CONSTANT = 1e-12;
/** A column depends on others if less than this share of its part orthogonal to those before it, strata apart, is so within strata. */
const DEPENDENT = 1e-9;

export function conditionalProblem(view: LatentGaussian, response: ConditionalResponse): ConditionalProblem {
  const uninformative = { noSuccess: 0, noFailure: 0, oneRow: 0 };
  const groups = rowsOfLevels(view).filter((rows) => {
    const reason = silence(rows, response);
    if (reason !== null) uninformative[reason]++;
    return reason === null;
  });
  const { X, offset } = designColumns(view);
  const order = Int32Array.from(groups.flat());
  const columns = Array.from({ length: view.sizes.beta }, (_, k) => {
    const raw = Float64Array.from(order, (i) => X[k * view.rows + i]);
    const centred = centredWithin(raw, groups);
    return { raw, centred, isConstant: dot(centred, centred) <= CONSTANT ** 2 * dot(raw, raw) };
  });
  const all = [...columns.keys()];
  const varying = all.filter((k) => !columns[k].isConstant);
  const dependent = dependentWithin(sideBySide(columns.map(({ raw }) => raw)), varying, groups);
  const kept = varying.filter((k) => !dependent.includes(k));
  const centred = sideBySide(kept.map((k) => columns[k].centred));
  const { basis, toColumns } = standardBasis(centred, kept.length, -1);
  let start = 0;
  const strata = groups.map((rows) => {
    const part = stratum(
      rows,
      start,
      kept.map((_, a) => basis.subarray(a * order.length, (a + 1) * order.length)),
      offset,
      response,
    );
    start += rows.length;
    return part;
  });
  const reach = kept.map((k) => columns[k].centred.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const constant = all.filter((k) => columns[k].isConstant);
  return { strata, toColumns, kept, reach, constant, dependent, uninformative };
}

/**
 * The columns that depend on those before them within strata, told on the standard basis of all, whose leading columns span the same:
 * a product of a covariate with a far origin has little but that of its other part.
 */
function dependentWithin(
  all: Float64Array,
  varying: readonly number[],
  groups: readonly (readonly number[])[],
): number[] {
  const rows = groups.reduce((sum, { length }) => sum + length, 0);
  const p = all.length / rows;
  const { basis } = standardBasis(all, p, columnOfOnes(all, p));
  const centred = varying.map((k) => centredWithin(basis.slice(k * rows, (k + 1) * rows), groups));
  const norms = new Float64Array(varying.length).fill(Math.sqrt(rows));
  return dependentColumns(sideBySide(centred), norms, DEPENDENT).map((at) => varying[at]);
}

function sideBySide(columns: readonly Float64Array[]): Float64Array {
  const rows = columns.at(0)?.length ?? 0;
  const matrix = new Float64Array(rows * columns.length);
  columns.forEach((column, k) => {
    matrix.set(column, k * rows);
  });
  return matrix;
}

function rowsOfLevels({ factors: [{ levels, levelIndex }] }: LatentGaussian): number[][] {
  const rows: number[][] = Array.from({ length: levels }, () => []);
  levelIndex.forEach((level, i) => {
    rows[level].push(i);
  });
  return rows;
}

function silence(rows: readonly number[], { kind, values, trials }: ConditionalResponse) {
  const total = rows.reduce((sum, i) => sum + values[i], 0);
  const most = rows.reduce((sum, i) => sum + (trials?.[i] ?? 1), 0);
  if (total === 0) return "noSuccess";
  if (kind === "logistic" && total === most) return "noFailure";
  return rows.length === 1 ? "oneRow" : null;
}

/** Values stand group by group. */
function centredWithin(values: Float64Array, groups: readonly (readonly number[])[]): Float64Array {
  const centred = values.slice();
  let start = 0;
  for (const { length } of groups) {
    const part = centred.subarray(start, start + length);
    // Around the first value, so that a column that is constant comes out as exactly zero.
    const first = part[0];
    const mean = part.reduce((sum, value) => sum + (value - first), 0) / length;
    for (let i = 0; i < length; i++) part[i] = part[i] - first - mean;
    start += length;
  }
  return centred;
}

function stratum(
  rows: readonly number[],
  start: number,
  columns: readonly Float64Array[],
  offset: Float64Array,
  { kind, values, trials }: ConditionalResponse,
): Stratum {
  const y = Float64Array.from(rows, (i) => values[i]);
  return {
    rows: rows.length,
    X: Float64Array.from(rows.flatMap((_, r) => columns.map((column) => column[start + r]))),
    offset: Float64Array.from(rows, (i) => offset[i]),
    y,
    trials: kind === "logistic" ? Float64Array.from(rows, (i) => trials?.[i] ?? 1) : null,
    total: y.reduce((sum, value) => sum + value, 0),
  };
}
