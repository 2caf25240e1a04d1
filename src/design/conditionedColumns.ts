import { addScaled } from "../math/linalg/triangularFactor.js";
import { mean } from "../math/moments.js";
import { isLong, type Steps } from "../math/steps.js";
import { type CodedMatrix, type CodedTerm, combinations } from "./codedMatrix.js";

/**
 * A column of a coded matrix in which numbers are measured from their means and in their spread, so that neither their origin nor
 * their unit has a part in what is found out about it. It spans the same space together with the columns before it:
 * values = (column - sum of weight x other column) / scale.
 */
export interface ConditionedColumn {
  /** Length n, before the division by scale. */
  readonly values: Float64Array;
  readonly shifts: readonly { readonly column: number; readonly weight: number }[];
  /** The largest absolute value, so that squares neither overflow nor vanish; 1 for a column of zeros. */
  readonly scale: number;
}

/** Only columns of `kept`, all by default, take part in others. A pause after each where the table is long. */
export function* conditionedColumns(coded: CodedMatrix, kept?: readonly number[]): Steps<ConditionedColumn[]> {
  const shifts = coded.columns.map((): ConditionedColumn["shifts"] => []);
  const positions = new Map((kept ?? Array.from(coded.columns.keys())).map((j) => [coded.columns[j], j]));
  for (const term of coded.terms) {
    for (const [c, tuple] of combinations(term.parts).entries()) {
      shifts[term.firstColumn + c] = shiftsOf(coded, term, { column: term.firstColumn + c, tuple }, positions);
      if (isLong(coded.rows)) yield;
    }
  }
  const columns: ConditionedColumn[] = [];
  for (const [j, own] of shifts.entries()) {
    columns.push(conditioned(coded, j, own));
    if (isLong(coded.rows)) yield;
  }
  return columns;
}

/** What is left of a sum after cancellation is rounding below this share of its terms. */
const CANCELLED = 1e-9;

/** The coefficients of the coded matrix that make the same sum as coefficients of its conditioned columns. */
export function unconditioned(coefficients: Float64Array, columns: readonly ConditionedColumn[]): Float64Array {
  const raw = coefficients.map((coefficient, j) => coefficient / columns[j].scale);
  const shifted = raw.slice();
  const size = raw.map(Math.abs);
  columns.forEach(({ shifts }, j) => {
    for (const { column, weight } of shifts) {
      shifted[column] -= weight * raw[j];
      size[column] += Math.abs(weight * raw[j]);
    }
  });
  return shifted.map((value, j) => (Math.abs(value) <= CANCELLED * size[j] ? 0 : value));
}

function conditioned({ matrix, rows }: CodedMatrix, j: number, shifts: ConditionedColumn["shifts"]): ConditionedColumn {
  const column = matrix.subarray(j * rows, (j + 1) * rows);
  const values = shifts.length === 0 ? column : column.slice();
  for (const { column: other, weight } of shifts) addScaled(values, -weight, matrix.subarray(other * rows));
  let scale = 0;
  for (let i = 0; i < rows; i++) scale = Math.max(scale, Math.abs(values[i]));
  return { values, shifts, scale: scale === 0 ? 1 : scale };
}

/** The mean of the first number among the variables of a column, times the column without it, where the matrix has that. */
function shiftsOf(
  { interceptColumn, matrix, rows }: CodedMatrix,
  { parts }: CodedTerm,
  { column: own, tuple }: { readonly column: number; readonly tuple: readonly number[] },
  positions: ReadonlyMap<string, number>,
): ConditionedColumn["shifts"] {
  const v = parts.findIndex(({ factor }) => factor === null);
  if (v < 0) return [];
  const rest = parts.flatMap(({ names }, w) => (w === v ? [] : [names[tuple[w]]])).join(":");
  const column = rest === "" ? interceptColumn : positions.get(rest);
  if (column === undefined || column < 0) return [];
  if (parts.length === 1) return [{ column, weight: mean(matrix.subarray(own * rows, (own + 1) * rows)) }];
  const number = new Float64Array(rows).fill(1);
  parts[v].multiplyBy(tuple[v], number);
  return [{ column, weight: mean(number) }];
}
