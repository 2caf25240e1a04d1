import type { Design, PredictorDesign } from "./Design.js";

/** A design without the columns that depend on others, as R's `lm` and `lmer` fit it; the same where there are none. */
export function withoutDependent(design: Design): Design {
  if (design.predictors.every(({ dependent }) => dependent === null)) return design;
  return { ...design, predictors: design.predictors.map(independent) };
}

function independent(predictor: PredictorDesign): PredictorDesign {
  const { dependent, columns } = predictor;
  if (dependent === null) return predictor;
  const out = new Set(dependent.columns.map(({ column }) => column));
  const kept = columns.map((_, j) => j).filter((j) => !out.has(j));
  return { ...withColumns(predictor, kept), terms: dependent.terms, dependent: null };
}

/** The predictor with some of its columns; its terms are left as they are. */
export function withColumns(predictor: PredictorDesign, kept: readonly number[]): PredictorDesign {
  const { X, columns, columnMeans, interceptColumn } = predictor;
  const rows = X.length / columns.length;
  const matrix = new Float64Array(rows * kept.length);
  kept.forEach((j, k) => {
    matrix.set(X.subarray(j * rows, (j + 1) * rows), k * rows);
  });
  return {
    ...predictor,
    X: matrix,
    columns: kept.map((j) => columns[j]),
    columnMeans: Float64Array.from(kept, (j) => columnMeans[j]),
    interceptColumn: kept.indexOf(interceptColumn),
  };
}
