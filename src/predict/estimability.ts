import { restrictTable } from "../data/restrictTable.js";
import type { NewRows } from "../design/applyDesign.js";
import type { Design } from "../design/Design.js";
import { dependences } from "../math/linalg/dependentColumns.js";
import type { Fitted } from "./Fitted.js";
import { rowsToPredict } from "./rowsToPredict.js";

/** R's for dependent columns, and for how far a row may be from the space of the rows of the fit, over its length. */
const RANK = 1e-7;
const APART = 1e-6;

/** Whether a linear predictor of the mean, as a row of its coefficients' columns, is known from the fit. */
export type IsEstimable = (row: Float64Array) => boolean;

/**
 * Whether the data of a fit by maximum likelihood determine a linear predictor: where columns depend on others, one is determined if its row is orthogonal to the
 * null space of X; none is that takes part in a coefficient that runs to infinity. A posterior knows all.
 */
export function estimability(fit: Fitted): IsEstimable {
  if (!("ml" in fit) || fit.notEstimable.length === 0) return () => true;
  const left = new Set(fit.notEstimable.map(({ name }) => name));
  const { rows, predictors } = rowsToPredict(fit, restrictTable(fit.table, fit.design.rowIndex), false).rows;
  const { X, columns } = predictors[0];
  const isLeft = (j: number) => left.has(`beta[${columns[j]}]`);
  const positions = [...columns.keys()];
  // Columns that no coefficient of the design has depend on those that it has; the others have run to infinity.
  const dependent = positions.filter((j) => isLeft(j) && isDependent(fit.design, columns[j]));
  const infinite = positions.filter((j) => isLeft(j) && !dependent.includes(j));
  const kept = positions.filter((j) => !dependent.includes(j));
  const vectors = nullVectors(X, rows, kept, dependent);
  return (row) =>
    infinite.every((j) => row[j] === 0) &&
    vectors.every((vector) => {
      let [along, length, size] = [0, 0, 0];
      vector.forEach((weight, j) => {
        along += weight * row[j];
        length += weight * weight;
        size += row[j] * row[j];
      });
      return Math.abs(along) <= APART * Math.sqrt(length * size);
    });
}

/** Row i of the fixed effects' columns. */
export function coefficientRow({ rows, predictors }: NewRows, i: number): Float64Array {
  const { X, columns } = predictors[0];
  return Float64Array.from(columns, (_, j) => X[j * rows + i]);
}

/** Whether a column has been left out for others that it depends on. */
function isDependent({ predictors }: Design, name: string): boolean {
  const [{ columns, dependent }] = predictors;
  return !columns.includes(name) || (dependent?.columns.some((one) => one.name === name) ?? false);
}

/** A basis of the null space of X, one vector for each dependent column, which is the sum of kept ones with the other weights. */
function nullVectors(
  X: Float64Array,
  rows: number,
  kept: readonly number[],
  dependent: readonly number[],
): Float64Array[] {
  if (dependent.length === 0) return [];
  const order = [...kept, ...dependent];
  const columns = order.map((j) => X.subarray(j * rows, (j + 1) * rows));
  const norms = columns.map((column) => Math.sqrt(column.reduce((sum, value) => sum + value * value, 0)) || 1);
  const matrix = new Float64Array(rows * order.length);
  columns.forEach((column, k) => {
    matrix.set(
      column.map((value) => value / norms[k]),
      k * rows,
    );
  });
  const found = dependences(matrix, new Float64Array(order.length).fill(1), RANK);
  return found.dependent.map(({ column, weights }) => {
    const vector = new Float64Array(order.length);
    vector[order[column]] = 1 / norms[column];
    weights.forEach((weight, k) => {
      vector[order[found.kept[k]]] = -weight / norms[found.kept[k]];
    });
    return vector;
  });
}
