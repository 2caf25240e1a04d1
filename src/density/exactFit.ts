import type { Design, PredictorDesign } from "../design/Design.js";
import { gather } from "../design/gather.js";
import { withRows } from "../design/restrictDesign.js";
import { orthogonalize } from "../math/linalg/dependentColumns.js";
import { dot } from "../math/linalg/triangularFactor.js";
import { mean, standardDeviation } from "../math/moments.js";

/** Residuals are zero below this share of the spread of the response. */
const ROUNDING = 1e-9;
/** Rows that are tried before all are. */
const FIRST_ROWS = 2000;
/** A part of a column below this share of its length is rounding. */
const DEPENDENT = 1e-9;

/** How the linear predictor fits a response without error. */
export interface ExactFit {
  /** The grouping factor whose effects it takes besides the fixed ones; null where it takes none. */
  readonly factor: string | null;
  /** Rows less the coefficients and effects of all factors: at most the dimension of the residuals. */
  readonly freedom: number;
}

/** Whether the fixed effects, or these and the effects of the factor with most levels, are equal to a response in all rows; null where they are not. */
export function exactFit({ predictors: [part], response, rows }: Design): ExactFit | null {
  const { offset, factors, randomTerms } = part;
  const counts = randomTerms.map(({ factor, coefficients }) => factors[factor].levels.length * coefficients.length);
  const freedom = rows - part.columns.length - counts.reduce((sum, count) => sum + count, 0);
  if (freedom < 1) return null;
  const target = response.values.map((value, i) => value - (offset?.[i] ?? 0));
  const least = ROUNDING * standardDeviation(target) * Math.sqrt(rows);
  const largest = factors.reduce((most, { levels }, f) => (levels.length > factors[most].levels.length ? f : most), 0);
  if (rows > 2 * FIRST_ROWS) {
    const first = Int32Array.from({ length: FIRST_ROWS }, (_, i) => i);
    // What some rows leave of the response is no more than what all rows do.
    if (fitOf(withRows(part, first), largest, target.subarray(0, FIRST_ROWS), least) === null) return null;
  }
  const fit = fitOf(part, largest, target, least);
  return fit === null ? null : { ...fit, freedom };
}

/** An exact fit of rows by the fixed effects, or by those and the effects of factor `f`: one that leaves no more than `least`; null where there is none. */
function fitOf(part: PredictorDesign, f: number, target: Float64Array, least: number): Pick<ExactFit, "factor"> | null {
  const { X, interceptColumn, factors } = part;
  const rows = target.length;
  const columns = columnsOf(X, rows).map((column, k) =>
    interceptColumn < 0 || k === interceptColumn ? column : about(column),
  );
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  if (residual(columns, lengths, target) <= least) return { factor: null };
  if (factors.length === 0) return null;
  const within = withinLevels(part, f, rows);
  const isExact = residual(columns.map(within), lengths, within(target)) <= least;
  return isExact ? { factor: factors[f].name } : null;
}

function columnsOf(matrix: Float64Array, rows: number): Float64Array[] {
  return Array.from({ length: matrix.length / rows }, (_, k) => matrix.slice(k * rows, (k + 1) * rows));
}

function about(column: Float64Array): Float64Array {
  const centre = mean(column);
  return column.map((value) => value - centre);
}

/** Length of what is left of a vector beside the columns, which are parts of others that have these lengths. */
function residual(columns: readonly Float64Array[], lengths: readonly number[], vector: Float64Array): number {
  const left = vector.slice();
  orthogonalize(left, basisOf(columns, lengths));
  return Math.sqrt(dot(left, left));
}

function basisOf(columns: readonly Float64Array[], lengths: readonly number[]): Float64Array[] {
  const basis: Float64Array[] = [];
  columns.forEach((column, k) => {
    const rest = column.slice();
    orthogonalize(rest, basis);
    const length = Math.sqrt(dot(rest, rest));
    if (length > DEPENDENT * lengths[k]) basis.push(rest.map((value) => value / length));
  });
  return basis;
}

/** Takes from a vector what the effects of a factor's levels can make of it. */
function withinLevels({ factors, randomTerms }: PredictorDesign, factor: number, rows: number) {
  const { levels, levelIndex } = factors[factor];
  const ofLevel: number[][] = levels.map(() => []);
  for (let i = 0; i < rows; i++) ofLevel[levelIndex[i]].push(i);
  const columns = randomTerms.filter((term) => term.factor === factor).flatMap(({ Z }) => columnsOf(Z, rows));
  const bases = ofLevel.map((members) => {
    const parts = columns.map((column) => gather(column, Int32Array.from(members)));
    return basisOf(
      parts,
      parts.map((part) => Math.sqrt(dot(part, part))),
    );
  });
  return (vector: Float64Array) => {
    const left = vector.slice();
    ofLevel.forEach((members, level) => {
      const part = Float64Array.from(members, (i) => vector[i]);
      orthogonalize(part, bases[level]);
      members.forEach((i, k) => {
        left[i] = part[k];
      });
    });
    return left;
  };
}
