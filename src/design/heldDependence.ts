import type { Problem } from "../language/ModelError.js";
import { type Dependence, warnOfDependence, withHeldColumns } from "./checkColumns.js";
import type { CodedMatrix } from "./codedMatrix.js";
import type { Design, PredictorDesign } from "./Design.js";
import { heldHypotheses } from "./heldHypotheses.js";
import type { CodedPredictor } from "./predictorDesign.js";
import { predictorPrefix } from "./predictorName.js";

/** The design with what depends on others among the columns that are not held; warns of them. */
export function withDependence(design: Design, coded: readonly CodedPredictor[], problems: Problem[]): Design {
  const predictors = design.predictors.map((part, k) => {
    const { fixed, place, dependence } = coded[k];
    // Without their means the columns span what they did beside the intercept.
    const intercept = `${predictorPrefix(design, k)}intercept`;
    const isAboutMeans = design.held.some(({ name }) => name === intercept);
    const gone = fixed.columns.flatMap((name, j) =>
      part.columns.includes(name) || (isAboutMeans && j === fixed.interceptColumn) ? [] : [j],
    );
    const left = withHeldColumns(dependence, gone, fixed);
    warnOfDependence(left, fixed, place, problems);
    const isSame = left.length === dependence.length && left.every(({ name }, d) => name === dependence[d].name);
    return isSame ? part : reviewed(part, left);
  });
  return { ...design, predictors };
}

/** With other dependent columns than there were, hypotheses about means over levels are left out: only coefficients are told by themselves. */
function reviewed(part: PredictorDesign, left: readonly Dependence[]): PredictorDesign {
  if (left.length === 0) return { ...part, dependent: null };
  const columns = left.map(({ name, reason }) => ({ column: part.columns.indexOf(name), name, reason }));
  const out = new Map(columns.map(({ column }) => [column, 0]));
  const kept = part.columns.map((_, j) => j).filter((j) => !out.has(j));
  const alone = part.terms.filter(({ marginal }) => marginal === null);
  return { ...part, dependent: { columns, terms: heldHypotheses(alone, out, kept) } };
}

/** The coded matrix with the columns as the predictor has them, where an intercept that is held has taken their means off. */
export function heldColumns(fixed: CodedMatrix, { X, columns, interceptColumn }: PredictorDesign): CodedMatrix {
  if (interceptColumn >= 0 || fixed.interceptColumn < 0) return fixed;
  const matrix = fixed.matrix.slice();
  columns.forEach((name, j) => {
    matrix.set(X.subarray(j * fixed.rows, (j + 1) * fixed.rows), fixed.columns.indexOf(name) * fixed.rows);
  });
  return { ...fixed, matrix, interceptColumn: -1 };
}
