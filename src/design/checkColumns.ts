import { errorAt, type Problem } from "../language/ModelError.js";
import { dependentColumns } from "../math/linalg/dependentColumns.js";
import { dot, triangularFactor } from "../math/linalg/triangularFactor.js";
import { mean } from "../math/moments.js";
import { type CodedMatrix, type CodedTerm, combinations, type Place } from "./codedMatrix.js";
import { warningAt } from "./problems.js";

/** R's: a column is dependent if less than this part of its length is orthogonal to the columns before it. */
const rankTolerance = 1e-7;
/** The least share of a column that rounding does not make up. */
const LEAST_SHARE = 1e-13;
/** Multiplications above which the check would take longer than most fits, about half a minute. */
const mostOperations = 2e10;

const hint = "a proper prior tells them apart, and nothing else does";

/** Warns of columns that are constant, and of columns that are linear combinations of others. */
export function checkColumns(coded: CodedMatrix, place: Place, problems: Problem[]): void {
  const positions = coded.columns.map((_, j) => j).filter((j) => j !== coded.interceptColumn);
  const overflowing = positions.filter((j) => !isSquarable(coded, j));
  if (overflowing.length > 0) {
    const message = `${named(overflowing, coded)} ${place.where}: the squares of such large numbers overflow`;
    problems.push(errorAt("overflow", spanOf(overflowing[0], coded, place), message, "rescale: divide by a constant"));
    return;
  }
  const constant = positions.filter((j) => isConstant(coded, j));
  if (constant.length > 0) {
    const what = constant.length === 1 ? "has one value" : "have one value each";
    const message = `${named(constant, coded)} ${place.where} ${what} in all rows used`;
    problems.push(
      warningAt("constant-column", spanOf(constant[0], coded, place), message, "leave it out of the formula"),
    );
  }
  const varying = positions.filter((j) => !constant.includes(j));
  const dependent = findDependent(coded, varying, place, problems);
  if (dependent.length === 0) return;
  const what = dependent.length === 1 ? "is a linear combination" : "are linear combinations";
  const message = `${named(dependent, coded)} ${place.where} ${what} of the other columns`;
  problems.push(warningAt("rank-deficient", spanOf(dependent[0], coded, place), message, hint));
}

function named(positions: readonly number[], { columns }: CodedMatrix): string {
  return `${positions.length === 1 ? "column" : "columns"} ${positions.map((j) => columns[j]).join(", ")}`;
}

function spanOf(column: number, { terms }: CodedMatrix, place: Place) {
  const term = terms.find(
    ({ firstColumn, columnCount }) => column >= firstColumn && column < firstColumn + columnCount,
  );
  return term?.span ?? place.span;
}

/** Whether its sum of squares is a number. */
function isSquarable({ rows, matrix }: CodedMatrix, j: number): boolean {
  let squares = 0;
  for (let i = j * rows; i < (j + 1) * rows; i++) squares += matrix[i] * matrix[i];
  return squares < Infinity;
}

/** Without an intercept a column of one value other than zero stands in its place. */
function isConstant({ rows, matrix, interceptColumn }: CodedMatrix, j: number): boolean {
  const first = matrix[j * rows];
  if (interceptColumn < 0 && first !== 0) return false;
  for (let i = j * rows; i < (j + 1) * rows; i++) if (matrix[i] !== first) return false;
  return true;
}

/**
 * The columns that depend on others. The largest main effect of a factor, which spans the indicators of its levels, is
 * projected out exactly by centring the other columns within the levels (the whole, where only an intercept stands), so that
 * a factor of many levels costs nothing.
 */
function findDependent(coded: CodedMatrix, varying: readonly number[], place: Place, problems: Problem[]): number[] {
  const absorbed = largestFactor(coded.terms);
  const first = absorbed?.firstColumn ?? 0;
  const positions = varying.filter((j) => absorbed === null || j < first || j >= first + absorbed.columnCount);
  if (2 * coded.rows * positions.length ** 2 > mostOperations) {
    const message = `${positions.length} columns ${place.where}: too many to be checked for linear dependence`;
    problems.push(warningAt("rank-unchecked", place.span, message, hint));
    return [];
  }
  const isCentred = absorbed !== null || coded.interceptColumn >= 0;
  const columns = positions.map((j) =>
    standardized(coded.matrix.subarray(j * coded.rows, (j + 1) * coded.rows), isCentred),
  );
  const codes = absorbed?.factor?.value.codes ?? new Int32Array(coded.rows);
  const groups = absorbed?.factor?.value.levels.length ?? 1;
  const means = columns.map((column) => (isCentred ? groupMeans(column, codes, groups) : new Float64Array(groups)));
  const readBlock = (start: number, count: number, block: Float64Array, stride: number) => {
    columns.forEach(({ values, centre, scale }, k) => {
      for (let i = 0; i < count; i++) {
        block[k * stride + i] = (values[start + i] - centre) / scale - means[k][codes[start + i]];
      }
    });
  };
  const R = triangularFactor(coded.rows, columns.length, readBlock);
  const norms = Float64Array.from(columns, ({ norm, scale }, k) =>
    Math.max(Math.min(norm, lengthAboutMeans(coded, positions[k]) / scale), (LEAST_SHARE / rankTolerance) * norm),
  );
  return dependentColumns(R, norms, rankTolerance).map((k) => positions[k]);
}

/**
 * The length of a column that is a product, its numbers taken about their means; Infinity for others. From a far origin a product is
 * nearly a multiple of the rest of it, which says nothing of what it adds.
 */
function lengthAboutMeans({ rows, terms }: CodedMatrix, position: number): number {
  const term = terms.find(({ firstColumn: first, columnCount }) => position >= first && position < first + columnCount);
  if (term === undefined || term.parts.length < 2 || term.parts.every(({ factor }) => factor !== null)) return Infinity;
  const product = new Float64Array(rows).fill(1);
  combinations(term.parts)[position - term.firstColumn].forEach((k, v) => {
    const part = term.parts[v];
    if (part.factor !== null) part.multiplyBy(k, product);
    else {
      const numbers = new Float64Array(rows).fill(1);
      part.multiplyBy(k, numbers);
      const centre = mean(numbers);
      for (let i = 0; i < rows; i++) product[i] *= numbers[i] - centre;
    }
  });
  return Math.sqrt(dot(product, product));
}

function largestFactor(terms: readonly CodedTerm[]): CodedTerm | null {
  const spanning = terms.filter(({ factor }) => factor?.spansLevels);
  return spanning.reduce<CodedTerm | null>(
    (largest, term) => (largest !== null && largest.columnCount >= term.columnCount ? largest : term),
    null,
  );
}

interface StandardizedColumn {
  readonly values: Float64Array;
  readonly centre: number;
  /** The largest distance from the centre, so that squares neither overflow nor vanish. */
  readonly scale: number;
  /** Euclidean length of (values - centre) / scale. */
  readonly norm: number;
}

function standardized(values: Float64Array, isCentred: boolean): StandardizedColumn {
  let sum = 0;
  for (const value of values) sum += value;
  const centre = isCentred ? sum / values.length : 0;
  let scale = 0;
  for (const value of values) scale = Math.max(scale, Math.abs(value - centre));
  if (scale === 0) scale = 1;
  let squares = 0;
  for (const value of values) squares += ((value - centre) / scale) ** 2;
  return { values, centre, scale, norm: Math.sqrt(squares) };
}

function groupMeans({ values, centre, scale }: StandardizedColumn, codes: Int32Array, groups: number): Float64Array {
  const sums = new Float64Array(groups);
  const counts = new Float64Array(groups);
  for (let i = 0; i < values.length; i++) {
    sums[codes[i]] += (values[i] - centre) / scale;
    counts[codes[i]]++;
  }
  return sums.map((sum, group) => sum / counts[group]);
}
