import { dependences } from "../math/linalg/dependentColumns.js";
import { type NullSpace, reducedNullSpace } from "../math/linalg/nullSpace.js";
import { triangularFactorSteps } from "../math/linalg/triangularFactor.js";
import { mean } from "../math/moments.js";
import { isLong, type Steps } from "../math/steps.js";
import type { CodedMatrix, CodedTerm } from "./codedMatrix.js";
import { type ConditionedColumn, conditionedColumns } from "./conditionedColumns.js";

/** R's: a column is dependent if less than this part of its length is orthogonal to the columns before it. */
export const RANK_TOLERANCE = 1e-7;
/** Multiplications above which the check would take longer than most fits, about half a minute. */
const MOST_OPERATIONS = 2e10;

/** The null space of a coded matrix, in the coordinates of its conditioned columns, or how many columns were too many to find it. */
export type Aliasing = (NullSpace & { readonly unchecked: null }) | { readonly unchecked: number };

const none: Aliasing = { dropped: [], vectors: [], unchecked: null };

/**
 * Finds the columns that are linear combinations of earlier ones, constant and empty ones among them, whatever the units and origins
 * of numbers. The largest main effect of a factor, which spans the indicators of its levels, is projected out exactly by centring the
 * other columns within the levels (the whole, where only an intercept stands), so that a factor of many levels costs nothing.
 */
export function* aliasing(coded: CodedMatrix): Steps<Aliasing> {
  const absorbed = largestFactor(coded.terms);
  const isAbsorbed = (j: number) =>
    j === coded.interceptColumn ||
    (absorbed !== null && j >= absorbed.firstColumn && j < absorbed.firstColumn + absorbed.columnCount);
  const positions = coded.columns.map((_, j) => j).filter((j) => !isAbsorbed(j));
  if (2 * coded.rows * positions.length ** 2 > MOST_OPERATIONS) return { unchecked: positions.length };
  const conditioned = yield* conditionedColumns(coded);
  const isCentred = absorbed !== null || coded.interceptColumn >= 0;
  const columns: StandardizedColumn[] = [];
  for (const j of positions) {
    columns.push(standardized(conditioned[j], isCentred));
    if (isLong(coded.rows)) yield;
  }
  const levels = yield* levelMeans(coded, absorbed, isCentred, columns);
  const R = yield* triangularFactorSteps(coded.rows, columns.length, (start, count, block, stride) => {
    columns.forEach(({ values, scale }, k) => {
      const { means, codes } = levels;
      for (let i = 0; i < count; i++) block[k * stride + i] = values[start + i] / scale - means[k][codes[start + i]];
    });
  });
  const norms = Float64Array.from(columns, ({ norm }) => norm);
  const { kept, dependent } = dependences(R, norms, RANK_TOLERANCE);
  if (dependent.length === 0) return none;
  const basis = dependent.map(({ column, weights }) => {
    const vector = new Float64Array(coded.columns.length);
    const levelMean = levels.means[column].slice();
    vector[positions[column]] = 1;
    weights.forEach((weight, k) => {
      vector[positions[kept[k]]] = -weight;
      levels.means[kept[k]].forEach((value, level) => {
        levelMean[level] -= weight * value;
      });
    });
    if (isCentred) subtractLevels(vector, levelMean, coded, absorbed);
    return vector;
  });
  const lengths = Float64Array.from(conditioned, ({ values, scale }) => lengthOf(values) / scale || 1);
  return { ...reducedNullSpace(basis, lengths), unchecked: null };
}

/** Lets the columns of the absorbed factor and the intercept take away one number a level. */
function subtractLevels(
  vector: Float64Array,
  values: Float64Array,
  { interceptColumn }: CodedMatrix,
  absorbed: CodedTerm | null,
): void {
  const coding = absorbed?.parts[0].factor;
  if (absorbed === null || !coding) {
    vector[interceptColumn] -= values[0];
    return;
  }
  let atFirst = 0;
  for (let c = 0; c < absorbed.columnCount; c++) {
    const weights = coding.contrast(c);
    const coefficient = values.reduce((sum, value, level) => sum + weights[level] * value, 0);
    vector[absorbed.firstColumn + c] -= coefficient;
    atFirst += coefficient * coding.column(c)[0];
  }
  if (interceptColumn >= 0) vector[interceptColumn] -= values[0] - atFirst;
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
  readonly scale: number;
  /** Euclidean length of values / scale, about the mean where it is taken out. */
  readonly norm: number;
}

function standardized({ values, scale }: ConditionedColumn, isCentred: boolean): StandardizedColumn {
  const centre = isCentred ? mean(values) : 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const off = (values[i] - centre) / scale;
    squares += off * off;
  }
  const norm = Math.sqrt(squares);
  // No value is larger than the scale, so that this bounds the length.
  if (norm > RANK_TOLERANCE * Math.sqrt(values.length)) return { values, scale, norm };
  // A constant is a column of its own where nothing takes the mean.
  const length = lengthOf(values) / scale;
  return { values, scale, norm: norm <= RANK_TOLERANCE * length ? length : norm };
}

/** The means of the columns within the levels of the factor: all rows are one level where there is none, zeros where nothing is centred. */
function* levelMeans(
  { rows }: CodedMatrix,
  absorbed: CodedTerm | null,
  isCentred: boolean,
  columns: readonly StandardizedColumn[],
): Steps<{ readonly codes: Int32Array; readonly means: readonly Float64Array[] }> {
  const codes = absorbed?.factor?.value.codes ?? new Int32Array(rows);
  const count = absorbed?.factor?.value.levels.length ?? 1;
  const sizes = new Float64Array(count);
  for (const code of codes) sizes[code]++;
  const means: Float64Array[] = [];
  for (const { values, scale } of columns) {
    const sums = new Float64Array(count);
    if (isCentred) for (let i = 0; i < rows; i++) sums[codes[i]] += values[i] / scale;
    means.push(sums.map((sum, level) => sum / sizes[level]));
    if (isLong(rows)) yield;
  }
  return { codes, means };
}

function lengthOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return 0;
  let squares = 0;
  for (const value of values) squares += (value / largest) ** 2;
  return largest * Math.sqrt(squares);
}
