import type { NewRows } from "../design/applyDesign.js";

/**
 * Rows that are weighted sums of others: linear predictors of these are the same sums of theirs. `members` has the rows of each, in as many groups of
 * `shares.length` one after the other.
 */
export function averagedRows(rows: NewRows, shares: Float64Array): NewRows {
  const size = shares.length;
  const count = rows.rows / size;
  const averaged = (columns: Float64Array) => {
    const width = columns.length / rows.rows;
    const out = new Float64Array(width * count);
    for (let j = 0; j < width; j++)
      for (let i = 0; i < rows.rows; i++)
        out[j * count + Math.floor(i / size)] += shares[i % size] * columns[j * rows.rows + i];
    return out;
  };
  return {
    ...rows,
    rows: count,
    rowIndex: Int32Array.from({ length: count }, (_, k) => k),
    trials: null,
    predictors: rows.predictors.map((part) => ({
      ...part,
      X: averaged(part.X),
      offset: part.offset && averaged(part.offset),
      randomTerms: part.randomTerms.map((term) => ({ ...term, Z: averaged(term.Z) })),
      factors: part.factors.map((factor) => ({
        ...factor,
        levelIndex: factor.levelIndex.filter((_, i) => i % size === 0),
      })),
    })),
  };
}
