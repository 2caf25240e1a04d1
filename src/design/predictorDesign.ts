import { errorAt, type Problem } from "../language/ModelError.js";
import type { Variable } from "../language/terms.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import { mean } from "../math/moments.js";
import { isLong, type Steps } from "../math/steps.js";
import { type Dependence, findDependence } from "./checkColumns.js";
import { type CodedMatrix, codeMatrixSteps, type Place } from "./codedMatrix.js";
import type { DependentColumn, FixedTerm, PredictorDesign } from "./Design.js";
import { estimableTerms } from "./estimableTerms.js";
import type { Evaluator } from "./evaluate.js";
import { fixedTerms } from "./fixedTerms.js";
import type { Grouping } from "./groupingFactors.js";
import { randomTerms } from "./randomTerms.js";
import type { PredictorLine } from "./readPredictors.js";

/** A predictor's design, and its fixed effects by terms. */
export interface CodedPredictor {
  readonly design: PredictorDesign;
  readonly fixed: CodedMatrix;
  readonly place: Place;
  /** Of the columns of `fixed`, of which nobody has been told yet. */
  readonly dependence: readonly Dependence[];
}

/** Codes a line of the model on the n rows that `variables` is of; null where a fixed effect has no value. */
export function* predictorDesign(
  { statement, formula }: PredictorLine,
  grouping: Grouping,
  variables: Evaluator,
  rows: number,
  problems: Problem[],
): Steps<CodedPredictor | null> {
  const parameter = statement.parameter.name;
  const place = { where: `in the formula for ${parameter}`, span: statement.span };
  const fixed = yield* codeMatrixSteps(formula.intercept, formula.terms, variables, rows, place, problems);
  if (isLong(rows)) yield;
  const dependence = fixed === null ? [] : yield* findDependence(fixed, place, problems);
  const dependent = dependence.map(({ column, name, reason }) => ({ column, name, reason }));
  if (isLong(rows)) yield;
  const offset = sumOfOffsets(formula.offsets, variables, rows, problems);
  const terms = yield* randomTerms(formula.random, grouping, variables, rows, problems);
  if (isLong(rows)) yield;
  if (fixed === null) return null;
  const columnMeans = yield* meansOf(fixed);
  const design: PredictorDesign = {
    parameter,
    link: statement.link.name,
    X: fixed.matrix,
    columns: fixed.columns,
    terms: fixedTerms(fixed.terms),
    dependent: dependent.length === 0 ? null : { columns: dependent, terms: termsWithout(fixed, dependent) },
    interceptColumn: fixed.interceptColumn,
    columnMeans,
    offset,
    factors: grouping.factors,
    randomTerms: terms,
    ...(statement.span && { span: statement.span }),
  };
  return { design, fixed, place, dependence };
}

function* meansOf({ columns, matrix, rows }: CodedMatrix): Steps<Float64Array> {
  const means = new Float64Array(columns.length);
  for (let j = 0; j < means.length; j++) {
    means[j] = mean(matrix.subarray(j * rows, (j + 1) * rows));
    if (isLong(rows)) yield;
  }
  return means;
}

function termsWithout(fixed: CodedMatrix, dependent: readonly DependentColumn[]): FixedTerm[] {
  const out = new Set(dependent.map(({ column }) => column));
  const kept = fixed.columns.map((_, j) => j).filter((j) => !out.has(j));
  return estimableTerms(fixed, kept);
}

function sumOfOffsets(
  offsets: readonly Variable[],
  variables: Evaluator,
  rows: number,
  problems: Problem[],
): Float64Array | null {
  const sum = new Float64Array(rows);
  for (const offset of offsets) {
    const value = variables(offset);
    if (value?.kind === "number") addScaled(sum, 1, value.values);
    else if (value !== null) {
      const message = `${offset.name} is no number`;
      problems.push(errorAt("not-numeric", offset.expression.span, message, "an offset is a numeric column"));
    }
  }
  if (!sum.every(Number.isFinite)) {
    const message = `the sum of ${offsets.map((offset) => offset.name).join(" and ")} overflows`;
    problems.push(errorAt("overflow", offsets[0].expression.span, message, "rescale them"));
  }
  return offsets.length === 0 ? null : sum;
}
