import { errorAt, type Problem } from "../language/ModelError.js";
import { isLong, runSync, type Steps } from "../math/steps.js";
import { aliasing } from "./aliasing.js";
import type { CodedMatrix, CodedTerm, Place } from "./codedMatrix.js";
import { conditionedColumns, unconditioned } from "./conditionedColumns.js";
import type { DependentColumn } from "./Design.js";
import { describeEmptyCells, emptyCells } from "./emptyCells.js";
import { warningAt } from "./problems.js";

const hint = "a proper prior tells them apart, and nothing else does";

/** A column that depends on others, and what is to be said of it. */
export interface Dependence extends DependentColumn, Reason {
  /** One number a conditioned column: the sum of these with such weights is zero, its own being the last that is not 0. */
  readonly vector: Float64Array;
}

/** Warns of columns that are linear combinations of earlier ones. */
export function* checkColumns(coded: CodedMatrix, place: Place, problems: Problem[]): Steps<void> {
  warnOfDependence(yield* findDependence(coded, place, problems), coded, place, problems);
}

/**
 * The columns that are linear combinations of earlier ones, each with the reason: empty cells of an interaction, one value in all
 * rows, or the combination. Problems are what keeps them from being found.
 */
export function* findDependence(coded: CodedMatrix, place: Place, problems: Problem[]): Steps<Dependence[]> {
  const overflowing: number[] = [];
  for (const j of coded.columns.keys()) {
    if (!isSquarable(coded, j)) overflowing.push(j);
    if (isLong(coded.rows)) yield;
  }
  if (overflowing.length > 0) {
    const message = `${named(overflowing, coded)} ${place.where}: the squares of such large numbers overflow`;
    problems.push(errorAt("overflow", spanOf(overflowing[0], coded, place), message, "rescale: divide by a constant"));
    return [];
  }
  const found = yield* aliasing(coded);
  if (found.unchecked !== null) {
    const message = `${found.unchecked} columns ${place.where}: too many to be checked for linear dependence`;
    problems.push(warningAt("rank-unchecked", place.span, message, hint));
    return [];
  }
  const dependent: Dependence[] = [];
  for (const [k, column] of found.dropped.entries()) {
    const vector = found.vectors[k];
    dependent.push({ column, name: coded.columns[column], vector, ...reasonOf(coded, column, vector) });
    if (isLong(coded.rows)) yield;
  }
  return dependent;
}

export function warnOfDependence(
  dependent: readonly Dependence[],
  coded: CodedMatrix,
  place: Place,
  problems: Problem[],
): void {
  for (const kind of ["constant-column", "empty-cell", "rank-deficient"] as const) {
    const columns = dependent.filter((one) => one.kind === kind);
    if (columns.length > 0) problems.push(problemOf(kind, columns, coded, place));
  }
}

/**
 * What depends on others where the coefficients of some columns are held, which are then no columns any more: the first of those that such
 * a one was part of takes its place in the combinations of the others.
 */
export function withHeldColumns(
  dependent: readonly Dependence[],
  held: readonly number[],
  coded: CodedMatrix,
): readonly Dependence[] {
  if (dependent.length === 0 || held.length === 0) return dependent;
  const conditioned = runSync(conditionedColumns(coded));
  const raw = dependent.map((one) => ({ ...one, vector: unconditioned(one.vector, conditioned) }));
  return held.reduce<readonly Dependence[]>((all, column) => {
    const freed = all.find(({ vector }) => vector[column] !== 0);
    if (freed === undefined) return all;
    return all.flatMap((one) => {
      if (one === freed) return [];
      const share = one.vector[column] / freed.vector[column];
      if (share === 0) return [one];
      const vector = one.vector.map((weight, j) => (j === column ? 0 : weight - share * freed.vector[j]));
      return [{ ...one, vector, ...reasonOf(coded, one.column, vector) }];
    });
  }, raw);
}

type Kind = "constant-column" | "empty-cell" | "rank-deficient";

interface Reason {
  readonly kind: Kind;
  /** Of one column: "no row has a = a3 and b = b5" */
  readonly reason: string;
  /** Whether it is 0 in all rows. */
  readonly isEmpty: boolean;
  /** What the columns of one cause share, "" where they share none. */
  readonly cause: string;
}

function reasonOf(coded: CodedMatrix, column: number, vector: Float64Array): Reason {
  const term = termOf(column, coded);
  const values = coded.matrix.subarray(column * coded.rows, (column + 1) * coded.rows);
  const isEmpty = values.every((value) => value === 0);
  const others = coded.columns.filter((_, j) => j !== column && vector[j] !== 0);
  const isConstant = isEmpty || (coded.interceptColumn >= 0 && values.every((value) => value === values[0]));
  const cells = term === undefined ? [] : emptyCells(term, coded.rows);
  if (cells.length > 0) {
    const cause = describeEmptyCells(cells);
    const own = isEmpty ? cells.find(({ indicator }) => indicator === coded.columns[column]) : undefined;
    return { kind: "empty-cell", cause, reason: own === undefined ? cause : describeEmptyCells([own]), isEmpty };
  }
  if (isConstant) return { kind: "constant-column", cause: "", reason: "it has one value in all rows used", isEmpty };
  const sum = others.length > 6 ? `${others.slice(0, 5).join(", ")} and ${others.length - 5} more` : others.join(", ");
  return { kind: "rank-deficient", cause: "", reason: `it is a linear combination of ${sum}`, isEmpty };
}

function problemOf(
  kind: Kind,
  columns: readonly ({ readonly column: number } & Reason)[],
  coded: CodedMatrix,
  place: Place,
): Problem {
  const positions = columns.map(({ column }) => column);
  const isOne = positions.length === 1;
  const subject = `${named(positions, coded)} ${place.where}`;
  const causes = [...new Set(columns.map(({ reason, cause }) => (isOne ? reason : cause)))].join("; ");
  const span = spanOf(positions[0], coded, place);
  if (kind === "constant-column") {
    const what = isOne ? "has one value" : "have one value each";
    return warningAt(kind, span, `${subject} ${what} in all rows used`, "leave it out of the formula");
  }
  const what = isOne ? "is a linear combination" : "are linear combinations";
  const rest = `${subject} ${what} of the other columns`;
  if (kind === "rank-deficient") return warningAt(kind, span, rest, hint);
  const isZero = columns.every(({ isEmpty }) => isEmpty);
  const zero = `${subject} ${isOne ? "is" : "are"} 0 in all rows used`;
  return warningAt(kind, span, `${isZero ? zero : rest}: ${causes}`, hint);
}

function named(positions: readonly number[], { columns }: CodedMatrix): string {
  return `${positions.length === 1 ? "column" : "columns"} ${positions.map((j) => columns[j]).join(", ")}`;
}

function termOf(column: number, { terms }: CodedMatrix): CodedTerm | undefined {
  return terms.find(({ firstColumn, columnCount }) => column >= firstColumn && column < firstColumn + columnCount);
}

function spanOf(column: number, coded: CodedMatrix, place: Place) {
  return termOf(column, coded)?.span ?? place.span;
}

/** Whether its sum of squares is a number. */
function isSquarable({ rows, matrix }: CodedMatrix, j: number): boolean {
  let squares = 0;
  for (let i = j * rows; i < (j + 1) * rows; i++) squares += matrix[i] * matrix[i];
  return squares < Infinity;
}
