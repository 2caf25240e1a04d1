import type { Table } from "../data/Table.js";
import type { ModelAst } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import { warnOfMissingSigns } from "./columnValue.js";
import { columnsRead, completeRows, expressionsRead } from "./completeRows.js";
import type { Design } from "./Design.js";
import { evaluator } from "./evaluate.js";
import type { FamilySignature } from "./FamilySignature.js";
import { groupingFactors, reordered } from "./groupingFactors.js";
import { type CodedPredictor, predictorDesign } from "./predictorDesign.js";
import { readPredictors } from "./predictorLines.js";
import { distinctProblems } from "./problems.js";
import { checkBinaryEffects, checkEffects } from "./randomTerms.js";
import { type Response, readResponse } from "./response.js";
import { isBinomial, isCount, type ResponseValues, responseValues } from "./responseValues.js";
import { rowOrder } from "./rowOrder.js";
import { checkSeparation, checkZeroCounts } from "./separation.js";

export interface DesignOptions {
  /** What becomes of rows that miss a value the model reads: left out and counted (the default), or an error. */
  readonly missing?: "drop" | "error";
}

/** The design, or null with at least one problem of severity "error". */
export interface DesignResult {
  readonly design: Design | null;
  /** All that was found, warnings included. */
  readonly problems: readonly Problem[];
}

/** Meets a model with its data. Never throws for a mistake in either: all of them come back at once. */
export function buildDesign(
  ast: ModelAst,
  table: Table,
  families: readonly FamilySignature[],
  options: DesignOptions = {},
): DesignResult {
  const problems: Problem[] = [];
  const response = readResponse(ast.response, table, families, problems);
  const lines = readPredictors(ast.predictors, response, table, problems);
  const expressions = expressionsRead(lines);
  const columns = columnsRead(response, expressions, table);
  warnOfMissingSigns(expressions, table, problems);
  const { used, dropped } = completeRows(columns, expressions, table, options.missing ?? "drop", response, problems);
  if (used.length === 0) return { design: null, problems: distinctProblems(problems) };

  const unordered = evaluator({ table, rows: used, problems }, "groups");
  const groupings = lines.map(({ formula }) => groupingFactors(formula.random, unordered, problems));
  const order = rowOrder(groupings[0]?.factors ?? [], used.length);
  const evaluation = { table, rows: order.map((row) => used[row]), problems };
  const values = responseValues(response, evaluation);
  const variables = evaluator(evaluation);
  const predictors = lines.map((line, l) => {
    const { factors, factorOfTerm } = groupings[l];
    const grouping = { factors: factors.map((factor) => reordered(factor, order)), factorOfTerm };
    return predictorDesign(line, grouping, variables, used.length, problems);
  });
  checkTogether(response, values, predictors, problems);

  const found = distinctProblems(problems);
  const complete = predictors.filter((predictor) => predictor !== null);
  const failed = found.some(({ severity }) => severity === "error");
  if (failed || values === null || response.family === null) return { design: null, problems: found };
  const design: Design = {
    rows: used.length,
    rowIndex: evaluation.rows,
    droppedRows: dropped,
    response: describeResponse(response, values),
    predictors: complete.map((predictor) => predictor.design),
    scalars: scalars(response, complete),
  };
  return { design, problems: found };
}

/** What needs the response and the mean's predictor both. */
function checkTogether(
  { family, statement, fixed }: Response,
  values: ResponseValues | null,
  predictors: readonly (CodedPredictor | null)[],
  problems: Problem[],
): void {
  const [mean, dispersion] = predictors;
  if (family?.name === "normal" && mean && dispersion !== null) {
    const predictor = dispersion?.design ?? null;
    const isKnown = fixed.size > 0 || predictor?.columns.length === 0;
    // Effects on the dispersion show in the tails, not in the covariance.
    if (predictor === null || predictor.randomTerms.length === 0)
      checkEffects(mean.design, { isKnown, predictor }, mean.fixed.rows, problems);
  }
  if (family === null || values === null || !mean) return;
  if (isBinomial(family)) {
    checkSeparation(mean.fixed, values, statement.span, problems);
    if (values.trials?.every((trials) => trials === 1) ?? true)
      checkBinaryEffects(mean.design, mean.fixed.rows, problems);
  } else if (isCount(family) && mean.design.link === "log") {
    checkZeroCounts(mean.fixed, values, statement.span, problems);
  }
}

function describeResponse({ statement }: Response, { values, trials }: ResponseValues): Design["response"] {
  const span = statement.span && { span: statement.span };
  return { name: statement.column.name, family: statement.family.name, values, trials, ...span };
}

/** The dispersions without a line of their own. */
function scalars({ family, fixed }: Response, predictors: readonly CodedPredictor[]): Design["scalars"] {
  const modelled = predictors.map(({ design }) => design.parameter);
  const free = family?.slots.filter(({ kind, name }) => kind === "dispersion" && !modelled.includes(name)) ?? [];
  return free.map(({ name }) => ({ parameter: name, fixed: fixed.get(name) ?? null }));
}
