import { checkArgument } from "../argument/checkArgument.js";
import { aList } from "../argument/kinds.js";
import { aTable } from "../data/aTable.js";
import type { Table } from "../data/Table.js";
import type { ModelAst } from "../language/ast.js";
import { anAst } from "../language/kinds.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { isLong, mapSteps, runSync, type Steps } from "../math/steps.js";
import { responseName } from "./categories.js";
import { warnOfDependence } from "./checkColumns.js";
import { warnOfMissingSigns } from "./columnValue.js";
import { askedRows, columnsRead, completeRows, expressionsRead } from "./completeRows.js";
import type { Design, HeldParameter, Separation } from "./Design.js";
import { codingMemory, recipeOf } from "./DesignRecipe.js";
import { evaluator } from "./evaluate.js";
import type { FamilySignature } from "./FamilySignature.js";
import { checkLevels, groupingFactors, reordered } from "./groupingFactors.js";
import { heldColumns, withDependence } from "./heldDependence.js";
import { holdConstants } from "./holdConstants.js";
import { nameOf } from "./nameOf.js";
import { type CodedPredictor, predictorDesign } from "./predictorDesign.js";
import { distinctProblems, noteAt } from "./problems.js";
import { checkBinaryEffects, checkEffects } from "./randomTerms.js";
import { readPredictors } from "./readPredictors.js";
import { type Response, readResponse } from "./response.js";
import { isPrecision, responseNotes } from "./responseNotes.js";
import { isBinomial, type ResponseValues, responseValues, withoutZeroWeights } from "./responseValues.js";
import { rowOrder } from "./rowOrder.js";
import { checkSeparation, outcomesOf } from "./separation.js";
import { thresholds, withoutIntercept } from "./thresholds.js";

/** Options of `buildDesign`. */
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
  checkArgument(anAst, ast, "buildDesign", "ast");
  checkArgument(aTable, table, "buildDesign", "table");
  checkArgument(aList, families, "buildDesign", "families");
  return runSync(buildDesignSteps(ast, table, families, options));
}

/** `buildDesign`, with pauses where the table is long. */
export function* buildDesignSteps(
  ast: ModelAst,
  table: Table,
  families: readonly FamilySignature[],
  options: DesignOptions,
): Steps<DesignResult> {
  const problems: Problem[] = [];
  const response = readResponse(ast.response, table, families, problems);
  const lines = readPredictors(ast.predictors, response, table, problems);
  const expressions = expressionsRead(lines);
  const columns = yield* columnsRead(response, expressions, table);
  warnOfMissingSigns(expressions, table, problems);
  const mayPause = isLong(table.rows);
  const asked = askedRows(response, table, problems);
  if (mayPause) yield;
  const complete = completeRows(columns, expressions, table, asked, options.missing ?? "drop", response, problems);
  if (mayPause) yield;
  const used = withoutZeroWeights(response, { table, rows: complete.used, problems });
  if (mayPause) yield;
  if (used.length === 0) return { design: null, problems: distinctProblems(problems) };

  const unordered = evaluator({ table, rows: used, problems }, "groups");
  const groupings = yield* mapSteps(lines, ({ formula }) =>
    groupingFactors(formula.random, unordered, used.length, problems),
  );
  const order = yield* rowOrder(groupings[0]?.factors ?? [], used.length);
  const memory = codingMemory();
  const evaluation = { table, rows: order.map((row) => used[row]), problems, memory };
  if (mayPause) yield;
  const values = responseValues(response, evaluation);
  const variables = evaluator(evaluation);
  if (mayPause) yield;
  const predictors = yield* mapSteps(lines, function* (line, l) {
    const { factors, factorOfTerm } = groupings[l];
    const grouping = { factors: factors.map((factor) => reordered(factor, order)), factorOfTerm };
    if (mayPause) yield;
    return yield* predictorDesign(line, grouping, variables, used.length, problems);
  });
  if (values !== null) checkVariation(response, values, problems);
  const excluded = { bySubset: table.rows - asked.length, byWeight: complete.used.length - used.length };
  problems.push(...responseNotes(response, { excluded }, values));

  const coded = predictors
    .filter((predictor) => predictor !== null)
    .flatMap((predictor, k) => (k === 0 ? ofCategories(predictor, response, values) : [predictor]));
  const isFailed = () => problems.some(({ severity }) => severity === "error");
  if (isFailed() || values === null || response.family === null) {
    for (const { dependence, fixed, place } of coded) warnOfDependence(dependence, fixed, place, problems);
    groupings.forEach(({ factors, factorOfTerm }, l) => {
      const terms = lines[l].formula.random.map((term, t) => ({ ...term, factor: factorOfTerm[t] }));
      checkLevels(factors, terms, problems);
    });
    return { design: null, problems: distinctProblems(problems) };
  }
  const whole: Design = {
    rows: used.length,
    rowIndex: evaluation.rows,
    droppedRows: complete.dropped,
    excluded,
    response: describeResponse(response, values),
    predictors: coded.map((predictor) => predictor.design),
    separation: null,
    scalars: [
      ...(response.family.thresholds === undefined ? [] : thresholds(values.categories?.length ?? 0)),
      ...scalars(response, coded),
    ],
    held: [],
    recipe: recipeOf(
      memory,
      coded.map(({ design }) => design.columnMeans),
    ),
  };
  const dependent = withDependence(holdConstants(whole, ast.priors, problems), coded, problems);
  const held = response.family.thresholds === undefined ? dependent : withThresholds(dependent);
  for (const { factors, randomTerms } of held.predictors) checkLevels(factors, randomTerms, problems);
  if (mayPause) yield;
  checkBinary(held, response, values, problems);
  checkVariances(held, response, values, problems);
  if (mayPause) yield;
  const design = { ...held, separation: yield* separationOf(held, coded[0], response, values, problems) };
  problems.push(...design.held.map(heldNote));
  return { design: isFailed() ? null : design, problems: distinctProblems(problems) };
}

/** The predictor of the mean, or of a response of categories without an order one for each but the first. */
function ofCategories(
  predictor: CodedPredictor,
  { family }: Response,
  values: ResponseValues | null,
): CodedPredictor[] {
  if (family?.isCategorical !== true || values === null) return [predictor];
  const others = values.categories?.slice(1) ?? [];
  return others.map((category) => ({ ...predictor, design: { ...predictor.design, category } }));
}

function withThresholds(design: Design): Design {
  return { ...design, predictors: design.predictors.map((part, k) => (k === 0 ? withoutIntercept(part) : part)) };
}

function heldNote({ name, value }: HeldParameter): Problem {
  const gone = /\bsd\[/.test(name) && value === 0 ? ", so that the effect is left out" : "";
  return noteAt("held", undefined, `${name} is held at ${value} by every engine, as a part of the model${gone}`);
}

/** Whether effects of binary rows, as far as their sds are not held at numbers, are told from anything. */
function checkBinary(
  { predictors: [mean], rows }: Design,
  { family }: Response,
  { trials }: ResponseValues,
  problems: Problem[],
): void {
  if (family !== null && isBinomial(family) && (trials?.every((count) => count === 1) ?? true))
    checkBinaryEffects(mean, rows, problems);
}

/** Whether the errors of a normal response, as far as they are not held at numbers, are told from its effects. */
function checkVariances(
  { predictors: [mean, dispersion], scalars, rows }: Design,
  response: Response,
  values: ResponseValues,
  problems: Problem[],
): void {
  if (response.family?.isNormal !== true) return;
  const isNumber = scalars.some(({ fixed }) => fixed !== null) || dispersion?.columns.length === 0;
  // Effects on the dispersion show in the tails, not in the covariance.
  if (dispersion !== undefined && dispersion.randomTerms.length > 0) return;
  const isKnown = isNumber || hasOwnVariances(response, values);
  checkEffects(mean, { isKnown, predictor: dispersion ?? null }, rows, problems);
}

/** What the coefficients that are free separate. */
function* separationOf(
  { predictors: [mean] }: Design,
  { fixed }: CodedPredictor,
  { family, statement }: Response,
  values: ResponseValues,
  problems: Problem[],
): Steps<Separation | null> {
  const outcomes = family === null ? null : outcomesOf(family, values, mean.link);
  if (outcomes === null) return null;
  const dependent = new Set(mean.dependent?.columns.map(({ name }) => name));
  const kept = fixed.columns.flatMap((name, j) => (mean.columns.includes(name) && !dependent.has(name) ? [j] : []));
  return yield* checkSeparation(heldColumns(fixed, mean), kept, outcomes, statement.span, problems);
}

/** Without a known error in it, a response that does not vary has its largest likelihood at an error of 0. */
function checkVariation(
  { family, statement, fixed, errors, censoring }: Response,
  { values }: ResponseValues,
  problems: Problem[],
): void {
  const isKnown = fixed.size > 0 || errors !== null || censoring !== null;
  if (family?.dispersionIsSd !== true || isKnown || values.length < 2) return;
  if (values.some((value) => value !== values[0])) return;
  const name = nameOf(statement.expression);
  const message = `the response ${name} is ${values[0]} in all ${values.length} rows used`;
  const hint =
    "there is nothing to explain, and no error to estimate: look at the column, and at the rows that are used";
  problems.push(errorAt("constant-response", statement.expression.span, message, hint));
}

/** Whether known errors, or weights that differ, tell the errors of rows from effects of one row each. */
function hasOwnVariances({ errors }: Response, values: ResponseValues | null): boolean {
  const weights = values?.weights ?? new Float64Array(0);
  return errors !== null || weights.some((weight) => weight !== weights[0]);
}

function describeResponse(response: Response, values: ResponseValues): Design["response"] {
  const { statement } = response;
  const weighting = isPrecision(response) ? "precision" : "likelihood";
  const span = statement.span && { span: statement.span };
  return { name: responseName(statement.expression), family: statement.family.name, ...values, weighting, ...span };
}

/** The auxiliary parameters without a line of their own. */
function scalars(
  { family, fixed, errors, addsDispersion, weights }: Response,
  predictors: readonly CodedPredictor[],
): Design["scalars"] {
  const isKnown = errors !== null && !addsDispersion;
  if (isKnown && weights === null) return [];
  const modelled = predictors.map(({ design }) => design.parameter);
  return (family?.slots ?? []).flatMap((slot) => {
    if (slot.kind !== "auxiliary" || modelled.includes(slot.name)) return [];
    const value = isKnown ? 0 : (fixed.get(slot.name) ?? slot.fixed ?? null);
    return { parameter: slot.name, support: slot.support ?? "positive", fixed: value };
  });
}
