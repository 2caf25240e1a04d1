import { dependentColumns } from "../../math/linalg/dependentColumns.js";
import { mean } from "../../math/moments.js";

export interface Column {
  readonly name: string;
  /** Length n. */
  readonly values: Float64Array;
}

/** As for rank-deficient designs: a column is in a span if less than this part of its variation is orthogonal to it. */
const RANK_TOLERANCE = 1e-7;

/** The columns that are no linear combination of those of `basis` and of the ones before them: as many as they add to its rank. */
export function beyondSpan(columns: readonly Column[], basis: readonly Column[]): Column[] {
  const all = [...basis, ...columns];
  const rows = all.length === 0 ? 0 : all[0].values.length;
  const matrix = new Float64Array(rows * all.length);
  all.forEach(({ values }, j) => {
    matrix.set(values, j * rows);
  });
  const dependent = dependentColumns(matrix, Float64Array.from(all, variation), RANK_TOLERANCE);
  return columns.filter((_, k) => !dependent.includes(basis.length + k));
}

/** The length of a column about its mean, since an intercept takes the mean; that of the column where it is constant. */
function variation({ values }: Column): number {
  const centre = mean(values);
  const lengthAbout = (c: number) => Math.sqrt(values.reduce((sum, value) => sum + (value - c) ** 2, 0));
  const length = lengthAbout(0);
  const about = lengthAbout(centre);
  return about > Number.EPSILON * length * Math.sqrt(values.length) ? about : length;
}
