import { dependences, orthogonalize } from "../math/linalg/dependentColumns.js";
import { reducedNullSpace } from "../math/linalg/nullSpace.js";
import { dot, triangularFactorSteps } from "../math/linalg/triangularFactor.js";
import { positiveRows } from "../math/optimize/positiveRows.js";
import { isDue, isLong, mapSteps, type Steps } from "../math/steps.js";
import { RANK_TOLERANCE } from "./aliasing.js";
import type { CodedMatrix } from "./codedMatrix.js";
import { type ConditionedColumn, conditionedColumns, unconditioned } from "./conditionedColumns.js";
import type { Separation } from "./Design.js";
import { gather } from "./gather.js";

/** Multiplications of a search for separation, a few seconds. */
const MOST_OPERATIONS = 4e9;
/** A row is orthogonal to a space if less than this share of it lies in there. */
const ORTHOGONAL = 1e-9;

/**
 * What a row asks of its linear predictor: 1 if its likelihood grows without end as the predictor does, -1 if as it falls, 0 if its
 * likelihood has a maximum in between.
 */
export type Sides = Int8Array | Int32Array;

/**
 * The separation of the rows by the fixed effects, the random ones aside: a direction of the coefficients along which the likelihood of
 * no row falls and that of some grows (Albert & Anderson, 1984; Geyer, 2009, "directions of recession"). The likelihood is then at its
 * supremum in the limit along one that moves as many rows as any does: those rows have likelihood 1 there, and the others have a
 * finite maximum among themselves, in the coefficients that they tell. Random effects do not change that: the direction serves whatever
 * they are. `kept` are columns that are linearly independent. Null where there is none, "unchecked" where it takes too long to know.
 */
export function* findSeparation(
  coded: CodedMatrix,
  kept: readonly number[],
  sides: Sides,
): Steps<Separation | "unchecked" | null> {
  if (sides.every((side) => side === 0)) return null;
  const conditioned = yield* conditionedColumns(coded, kept);
  const sample = sampleOf(sides, kept.length);
  const isSampled = sample.length < sides.length;
  const sampledSides = sample.map((i) => sides[i]);
  if (isSampled && (yield* hasNoRecession(yield* keptColumns(conditioned, kept, sample), sampledSides))) return null;
  const rows = Int32Array.from(sides.keys());
  const matrix = yield* keptColumns(conditioned, kept, rows);
  const free = yield* nullVectors(
    matrix,
    rows.filter((i) => sides[i] === 0),
  );
  if (free === null) return "unchecked";
  if (free.length === 0) return null;
  const moved = yield* movedRows(matrix, free, sides);
  if (moved === "unchecked") return moved;
  if (!moved.includes(1)) return null;
  const freeRows = rows.filter((i) => moved[i] === 0);
  const left = yield* nullVectors(matrix, freeRows);
  if (left === null) return "unchecked";
  const { dropped, vectors } = reducedNullSpace(left, matrix.lengths);
  const directions = vectors.map((vector) => matrix.toCoefficients(vector));
  const isEstimable = (k: number) => directions.every((direction) => direction[k] === 0);
  const sign = directions.length === 1 ? signOf(matrix, vectors[0], sides, moved) : 0;
  return {
    freeRows,
    fitted: kept.flatMap((column, k) => (dropped.includes(k) ? [] : [coded.columns[column]])),
    notEstimable: kept.flatMap((column, k) =>
      isEstimable(k) ? [] : [{ name: coded.columns[column], limit: Math.sign(directions[0][k]) * sign * Infinity }],
    ),
  };
}

/** Rows of each side that are tried first, a column. */
const SAMPLED = 20;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Some rows of each side, spread over the table without a period, such as the visits of subjects have. */
function sampleOf(sides: Sides, columns: number): Int32Array {
  const counts = [0, 0, 0];
  for (let i = 0; i < sides.length; i++) counts[sides[i] + 1]++;
  const shares = counts.map((count) => (SAMPLED * (columns + 1)) / count);
  const sampled: number[] = [];
  for (let i = 0; i < sides.length; i++) if ((i * GOLDEN) % 1 < shares[sides[i] + 1]) sampled.push(i);
  return Int32Array.from(sampled);
}

/** Whether some rows alone rule out every direction but zero; all rows together then do so too. */
function* hasNoRecession(matrix: KeptColumns, sides: Sides): Steps<boolean> {
  const rows = Int32Array.from(sides.keys());
  if ((yield* nullVectors(matrix, rows))?.length !== 0) return false;
  const free = yield* nullVectors(
    matrix,
    rows.filter((i) => sides[i] === 0),
  );
  if (free === null) return false;
  if (free.length === 0) return true;
  const moved = yield* movedRows(matrix, free, sides);
  return moved !== "unchecked" && !moved.includes(1);
}

/** The directions of coefficients along which the likelihood of no row goes to zero. */
export interface Recession {
  /** A basis of the space that they span, each vector as long as there are columns; empty where there is none but zero. */
  readonly span: readonly Float64Array[];
  /** Whether one of them moves a row: else the likelihood is constant along all. */
  readonly movesRows: boolean;
}

/**
 * The directions d with side_i x_i'd >= 0 for the rows of a side and x_i'd = 0 for those of side 0, of columns that may depend on one another.
 * "unchecked" where it takes more than so many multiplications to know.
 */
export function* recessionOf(
  columns: readonly Float64Array[],
  sides: Sides,
  mostOperations = MOST_OPERATIONS,
): Steps<Recession | "unchecked"> {
  if (2 * sides.length * columns.length ** 2 > mostOperations) return "unchecked";
  const scales = columns.map((column) => column.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1);
  const scaled = columns.map((column, k) => column.map((value) => value / scales[k]));
  const lengths = Float64Array.from(scaled, (column) => Math.sqrt(dot(column, column)) || 1);
  const matrix = { columns: scaled, lengths, size: columns.length };
  const rows = Int32Array.from(sides.keys());
  const free = yield* nullVectors(
    matrix,
    rows.filter((i) => sides[i] === 0),
  );
  if (free === null) return "unchecked";
  if (free.length === 0) return { span: [], movesRows: false };
  const moved = yield* movedRows(matrix, free, sides, mostOperations);
  if (moved === "unchecked") return moved;
  const span = yield* nullVectors(
    matrix,
    rows.filter((i) => moved[i] === 0),
  );
  if (span === null) return "unchecked";
  const reduced = reducedNullSpace(span, lengths).vectors;
  return { span: reduced.map((vector) => vector.map((d, k) => d / scales[k])), movesRows: moved.includes(1) };
}

/** Of one null vector, 1 if the moved rows follow it and -1 if they go against it. */
function signOf(matrix: KeptColumns, vector: Float64Array, sides: Sides, moved: Uint8Array): number {
  const along = Array.from(moved.keys())
    .filter((i) => moved[i] === 1)
    .map((i) => sides[i] * matrix.along(i, vector));
  const strongest = along.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return Math.sign(strongest);
}

interface ScaledColumns {
  readonly size: number;
  /** Lengths of the columns. */
  readonly lengths: Float64Array;
  readonly columns: readonly Float64Array[];
}

/** Columns of numbers about their means and in units of their spread. */
interface KeptColumns extends ScaledColumns {
  /** Row i times a vector. */
  along(i: number, vector: Float64Array): number;
  /** Coefficients of the kept columns as coded for those of the columns here. */
  toCoefficients(vector: Float64Array): Float64Array;
}

/** Some rows of the conditioned columns in `kept`. */
function* keptColumns(
  conditioned: readonly ConditionedColumn[],
  kept: readonly number[],
  rows: Int32Array,
): Steps<KeptColumns> {
  const columns = yield* mapSteps(kept, function* (j) {
    const { values, scale } = conditioned[j];
    const column = gather(values, rows).map((value) => value / scale);
    if (isLong(rows.length)) yield;
    return column;
  });
  return {
    size: kept.length,
    columns,
    lengths: Float64Array.from(columns, (column) => Math.sqrt(dot(column, column))),
    along(i, vector) {
      let sum = 0;
      for (let k = 0; k < columns.length; k++) sum += columns[k][i] * vector[k];
      return sum;
    },
    toCoefficients(vector) {
      const all = new Float64Array(conditioned.length);
      kept.forEach((j, k) => {
        all[j] = vector[k];
      });
      const raw = unconditioned(all, conditioned);
      return Float64Array.from(kept, (j) => raw[j]);
    },
  };
}

/** A basis of the vectors that some rows are orthogonal to; null where that takes too long. */
function* nullVectors({ columns, lengths, size }: ScaledColumns, rows: Int32Array): Steps<Float64Array[] | null> {
  if (2 * rows.length * size ** 2 > MOST_OPERATIONS) return null;
  const R = yield* triangularFactorSteps(rows.length, size, (start, count, block, stride) => {
    columns.forEach((column, k) => {
      for (let i = 0; i < count; i++) block[k * stride + i] = column[rows[start + i]];
    });
  });
  const { kept, dependent } = dependences(R, lengths, RANK_TOLERANCE);
  return dependent.map(({ column, weights }) => {
    const vector = new Float64Array(size);
    vector[column] = 1;
    weights.forEach((weight, k) => {
      vector[kept[k]] = -weight;
    });
    return vector;
  });
}

/** 1 for the rows that a direction of recession in the span of some vectors moves. */
function* movedRows(
  matrix: ScaledColumns,
  span: readonly Float64Array[],
  sides: Sides,
  mostOperations = MOST_OPERATIONS,
): Steps<Uint8Array | "unchecked"> {
  const basis: Float64Array[] = [];
  for (const vector of span) {
    const rest = vector.slice();
    orthogonalize(rest, basis);
    const length = Math.sqrt(dot(rest, rest));
    basis.push(rest.map((value) => value / length));
  }
  const m = basis.length;
  const asking = Array.from(sides.keys()).filter((i) => sides[i] !== 0);
  const A = new Float64Array(asking.length * m);
  const row = new Float64Array(matrix.size);
  for (const [a, i] of asking.entries()) {
    matrix.columns.forEach((column, k) => {
      row[k] = sides[i] * column[i];
    });
    const inSpan = A.subarray(a * m, (a + 1) * m);
    // All of the space has the unit vectors as its basis.
    if (m === matrix.size) inSpan.set(row);
    else for (let b = 0; b < m; b++) inSpan[b] = dot(row, basis[b]);
    normalise(inSpan, ORTHOGONAL * Math.sqrt(dot(row, row)));
    if (isDue(a, matrix.size)) yield;
  }
  const positive = yield* positiveRows(A, m, mostOperations);
  if (positive === null) return "unchecked";
  const moved = new Uint8Array(sides.length);
  asking.forEach((i, a) => {
    moved[i] = positive[a];
  });
  return moved;
}

/** Makes a vector one of unit length, or zero where it is shorter than `least`. */
function normalise(vector: Float64Array, least: number): void {
  const length = Math.sqrt(dot(vector, vector));
  for (let k = 0; k < vector.length; k++) vector[k] = length > least ? vector[k] / length : 0;
}
