import { mean } from "../moments.js";
import { dependences } from "./dependentColumns.js";
import { standardBasis } from "./standardBasis.js";
import { addScaled, dot } from "./triangularFactor.js";

/** Least squares on the columns of a matrix: linear in what is fitted. */
export interface LeastSquares {
  /** The columns that are no linear combination of those before them, ascending; the others have no coefficient. */
  readonly kept: readonly number[];
  /** Per kept column, length n: its coefficient is the sum over the rows of weight times value. */
  readonly weights: readonly Float64Array[];
}

/** A column depends on others, as in R's `lm`, if less than this part of its variation is orthogonal to them. */
const RANK_TOLERANCE = 1e-7;

/** Least squares on the columns of a matrix n x p, column-major; `constantColumn` is the position of the intercept's, or -1. */
export function leastSquares(matrix: Float64Array, p: number, constantColumn: number): LeastSquares {
  const n = p === 0 ? 0 : matrix.length / p;
  const kept = independentColumns(matrix, p, constantColumn);
  const own = new Float64Array(n * kept.length);
  kept.forEach((column, k) => {
    own.set(matrix.subarray(column * n, (column + 1) * n), k * n);
  });
  const { basis, toColumns } = standardBasis(own, kept.length, kept.indexOf(constantColumn));
  const weights = kept.map((_, k) => {
    const sum = new Float64Array(n);
    kept.forEach((__, b) => {
      addScaled(sum, toColumns[k * kept.length + b] / n, basis.subarray(b * n, (b + 1) * n));
    });
    return sum;
  });
  return { kept, weights };
}

/** Beside an intercept a column counts by what it is about its mean. */
function independentColumns(matrix: Float64Array, p: number, constantColumn: number): readonly number[] {
  const n = p === 0 ? 0 : matrix.length / p;
  const centred = matrix.slice();
  const norms = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    const column = centred.subarray(j * n, (j + 1) * n);
    const whole = Math.sqrt(dot(column, column));
    if (constantColumn >= 0 && j !== constantColumn) addScaled(column, -mean(column), new Float64Array(n).fill(1));
    const about = Math.sqrt(dot(column, column));
    // What is left of a constant column is rounding.
    const isConstant = !(about > Number.EPSILON * whole * Math.sqrt(n));
    if (isConstant) column.fill(0);
    norms[j] = isConstant ? 1 : about;
  }
  return dependences(centred, norms, RANK_TOLERANCE).kept;
}
