import type { NewRows } from "../../design/applyDesign.js";

/** A row, and for how large a share of all rows it stands: those that have the same covariates and offsets. */
export interface RowPattern {
  readonly row: number;
  readonly share: number;
  /** Which rows these are. */
  readonly members: readonly number[];
}

/** The distinct rows, in the order in which they come. Levels of grouping factors do not tell rows apart. */
export function rowPatterns({ rows, predictors }: NewRows): RowPattern[] {
  const columns = predictors.flatMap(({ X, offset, columns, randomTerms }) => [
    ...columnsOf(X, rows, columns.length),
    ...(offset === null ? [] : [offset]),
    ...randomTerms.flatMap(({ Z, coefficients }) => columnsOf(Z, rows, coefficients.length)),
  ]);
  const byKey = new Map<string, number[]>();
  for (let i = 0; i < rows; i++) {
    const key = columns.map((column) => column[i]).join(" ");
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [i]);
    else members.push(i);
  }
  return [...byKey.values()].map((members) => ({ row: members[0], share: members.length / rows, members }));
}

function columnsOf(matrix: Float64Array, rows: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, j) => matrix.subarray(j * rows, (j + 1) * rows));
}
