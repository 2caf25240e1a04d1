import { dependences } from "../math/linalg/dependentColumns.js";
import { triangularFactor } from "../math/linalg/triangularFactor.js";
import { RANK_TOLERANCE } from "./aliasing.js";
import type { Design, GroupingFactor, PredictorDesign } from "./Design.js";
import { gather } from "./gather.js";

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

/**
 * What is left of a separated design in the limit: the rows that are not fitted without error, with columns that they determine. Its
 * maximum is the supremum of the likelihood of all rows. Terms of the fixed effects are left as they were, and are of no use.
 */
export function separationLimit(design: Design): Design {
  const { separation } = design;
  if (separation === null) return design;
  const { freeRows, fitted } = separation;
  const [mean, ...others] = design.predictors;
  return {
    ...design,
    ...responsesOf(design, freeRows),
    predictors: [
      withRows(
        withColumns(
          mean,
          fitted.map((name) => mean.columns.indexOf(name)),
        ),
        freeRows,
      ),
      ...others.map((other) => ofFullRank(withRows(independent(other), freeRows))),
    ],
    separation: null,
  };
}

/** The design with some of its rows and all of its columns and levels, some of which may be left without rows; its means stay what they are. */
export function withRowsOnly(design: Design, rows: Int32Array): Design {
  return {
    ...design,
    ...responsesOf(design, rows),
    predictors: design.predictors.map((predictor) => ({
      ...predictor,
      X: rowsOf(predictor.X, predictor.columns.length, rows),
      offset: predictor.offset === null ? null : gather(predictor.offset, rows),
      factors: predictor.factors.map((factor) => ({
        ...factor,
        levelIndex: rows.map((row) => factor.levelIndex[row]),
      })),
      randomTerms: predictor.randomTerms.map((term) => ({
        ...term,
        Z: rowsOf(term.Z, term.coefficients.length, rows),
      })),
    })),
    separation: null,
  };
}

function responsesOf({ rowIndex, response }: Design, rows: Int32Array): Pick<Design, "rows" | "rowIndex" | "response"> {
  const picked = (values: Float64Array | null) => (values === null ? null : gather(values, rows));
  const [trials, weights, errors] = [response.trials, response.weights, response.errors].map(picked);
  return {
    rows: rows.length,
    rowIndex: rows.map((row) => rowIndex[row]),
    response: {
      ...response,
      ...{ values: gather(response.values, rows), trials, weights, errors },
      censoring: response.censoring && {
        kinds: Int32Array.from(rows, (row) => response.censoring?.kinds[row] ?? 0),
        upper: picked(response.censoring.upper),
      },
      truncation: response.truncation && {
        lower: gather(response.truncation.lower, rows),
        upper: gather(response.truncation.upper, rows),
      },
    },
  };
}

/** The predictor with some of its columns; its terms are left as they are. */
export function withColumns(predictor: PredictorDesign, kept: readonly number[]): PredictorDesign {
  const { X, columns, columnMeans, interceptColumn } = predictor;
  const rows = columns.length === 0 ? 0 : X.length / columns.length;
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

export function withRows(predictor: PredictorDesign, rows: Int32Array): PredictorDesign {
  const { X, columns, offset, randomTerms } = predictor;
  const levels = predictor.factors.map(({ levelIndex }) =>
    [...new Set(rows.map((row) => levelIndex[row]))].sort((a, b) => a - b),
  );
  return {
    ...predictor,
    X: rowsOf(X, columns.length, rows),
    offset: offset === null ? null : gather(offset, rows),
    factors: predictor.factors.map((factor, f) => withLevels(factor, f, levels, rows)),
    randomTerms: randomTerms.map((term) => ({ ...term, Z: rowsOf(term.Z, term.coefficients.length, rows) })),
  };
}

function withLevels(
  factor: GroupingFactor,
  f: number,
  levels: readonly (readonly number[])[],
  rows: Int32Array,
): GroupingFactor {
  const { parent, levelIndex } = factor;
  const numbered = (kept: readonly number[]) => new Map(kept.map((level, k) => [level, k]));
  const positions = numbered(levels[f]);
  const position = (among: ReadonlyMap<number, number>, level: number) => among.get(level) ?? -1;
  const parents = parent === null ? null : numbered(levels[parent.factor]);
  return {
    name: factor.name,
    levels: levels[f].map((level) => factor.levels[level]),
    levelIndex: rows.map((row) => position(positions, levelIndex[row])),
    parent:
      parent === null || parents === null
        ? null
        : {
            factor: parent.factor,
            levelIndex: Int32Array.from(levels[f], (level) => position(parents, parent.levelIndex[level])),
          },
  };
}

/** Rows of a column-major matrix. */
function rowsOf(matrix: Float64Array, columns: number, rows: Int32Array): Float64Array {
  const n = columns === 0 ? 0 : matrix.length / columns;
  const picked = new Float64Array(columns * rows.length);
  for (let j = 0; j < columns; j++) picked.set(gather(matrix.subarray(j * n, (j + 1) * n), rows), j * rows.length);
  return picked;
}

/** The predictor without columns that depend on others in the rows it has now. */
function ofFullRank(predictor: PredictorDesign): PredictorDesign {
  const { X, columns } = predictor;
  const p = columns.length;
  const n = p === 0 ? 0 : X.length / p;
  const R = triangularFactor(n, p, (start, count, block, stride) => {
    for (let j = 0; j < p; j++) block.set(X.subarray(j * n + start, j * n + start + count), j * stride);
  });
  const norms = Float64Array.from(columns, (_, j) =>
    Math.sqrt(X.subarray(j * n, (j + 1) * n).reduce((sum, x) => sum + x * x, 0)),
  );
  return withColumns(predictor, dependences(R, norms, RANK_TOLERANCE).kept);
}
