import { checkArgument } from "../argument/checkArgument.js";
import { aList, anObject } from "../argument/kinds.js";
import { aTable } from "../data/aTable.js";
import type { Table } from "../data/Table.js";
import type { Expression, ModelAst } from "../language/ast.js";
import { expandFormula } from "../language/expand.js";
import { anAst } from "../language/kinds.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import type { ExpandedFormula, RandomTermFormula, Variable } from "../language/terms.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import { aDesign } from "./aDesign.js";
import { codeMatrix } from "./codedMatrix.js";
import { columnNames } from "./columnNames.js";
import { isMissing } from "./completeRows.js";
import type { Design, GroupingFactor, PredictorDesign, RandomTerm } from "./Design.js";
import { codingMemory } from "./DesignRecipe.js";
import type { Evaluation } from "./Evaluation.js";
import { type Evaluator, evaluator } from "./evaluate.js";
import type { FamilySignature } from "./FamilySignature.js";
import { holdConstants } from "./holdConstants.js";
import { type NewLevels, newLevels, unread } from "./newLevels.js";
import { counted, distinctProblems, noteAt } from "./problems.js";
import { checkColumn, type Response, readResponse } from "./response.js";
import { isPrecision } from "./responseNotes.js";
import { besideResponse } from "./responseValues.js";
import { hasThresholds, withoutIntercept } from "./thresholds.js";

/** Other rows as a fit coded its own. */
export interface NewRows {
  /** Rows m. */
  readonly rows: number;
  /** Length m, ascending: rows of the table, from 0. */
  readonly rowIndex: Int32Array;
  /** Rows left out because a value they need is missing, ascending, from 0. */
  readonly droppedRows: Int32Array;
  /** Length m: trials of a binomial response; null where the table does not have them. */
  readonly trials: Float64Array | null;
  /** Length m: precision weights, those of known standard errors among them; null where the model or the table has none. */
  readonly weights: Float64Array | null;
  /** Length m: known standard errors that stand beside a dispersion or weights; null where the model or the table has none. */
  readonly errors: Float64Array | null;
  /** In the order of the design's, with its columns, factors and random terms. */
  readonly predictors: readonly NewPredictor[];
}

/** A predictor of other rows, with the columns of the fit, and those that the fit has left out because they depend on others. */
export interface NewPredictor extends Pick<PredictorDesign, "parameter" | "link" | "columns" | "randomTerms"> {
  /** m x p, column-major. */
  readonly X: Float64Array;
  /** Length m; null where the formula has none. */
  readonly offset: Float64Array | null;
  readonly factors: readonly NewLevels[];
}

/** Options of `applyDesign`. */
export interface ApplyOptions {
  /** Whether grouping factors are read; where they are not, their columns need not be in the table. */
  readonly groups: boolean;
  /** Whether what stands beside the response is read, its trials, weights and known errors, where the table has them; so it is by default. */
  readonly responses?: boolean;
}

/** The rows, or null with at least one problem of severity "error". */
export interface AppliedDesign {
  readonly rows: NewRows | null;
  readonly problems: readonly Problem[];
}

/**
 * Codes the rows of a table as a fit coded its own: with its levels and contrasts, centres, scales, polynomials, first days of dates, and with what
 * priors hold at numbers. The response need not be in the table. Never throws for a mistake in the table: all of them come back at once.
 */
export function applyDesign(
  ast: ModelAst,
  design: Design,
  table: Table,
  families: readonly FamilySignature[],
  options: ApplyOptions,
): AppliedDesign {
  checkArgument(anAst, ast, "applyDesign", "ast");
  checkArgument(aDesign, design, "applyDesign", "design");
  checkArgument(aTable, table, "applyDesign", "table");
  checkArgument(aList, families, "applyDesign", "families");
  checkArgument(anObject, options, "applyDesign", "options");
  const { groups, responses = true } = options;
  const problems: Problem[] = [];
  const lines = design.predictors.map(({ parameter }) => lineOf(ast, parameter));
  const response = responses ? givenBeside(ast, table, families) : null;
  const expressions = lines.flatMap((line) => expressionsOf(line, groups));
  for (const name of distinctNames(expressions)) checkColumn(name, "in the model", table, problems);
  for (const expression of lines.flatMap((line) => expressionsOf(line, false)))
    checkNumbers(expression, design, table, problems);
  if (problems.length > 0) return { rows: null, problems: distinctProblems(problems) };
  const read = [...expressions, ...(response === null ? [] : expressionsBeside(response))];
  const { rowIndex, droppedRows } = splitRows(read, table, problems);
  const evaluation: Evaluation = { table, rows: rowIndex, problems, memory: codingMemory(design.recipe) };
  const variables = evaluator(evaluation);
  const coded = lines.map((line, k) => codedAs(design, k, line, { groups, evaluation, variables }));
  const predictors = coded.filter((one) => one !== null);
  const beside = response && besideResponse(response, evaluation);
  if (problems.some(({ severity }) => severity === "error") || predictors.length < lines.length)
    return { rows: null, problems: distinctProblems(problems) };
  const rows = rowIndex.length;
  const held = holdConstants({ ...design, rows, predictors, held: [] }, ast.priors, []);
  const own = (part: PredictorDesign, k: number) => (k === 0 && hasThresholds(design) ? withoutIntercept(part) : part);
  const applied = held.predictors
    .map(own)
    .map((part, k) => withLevels(part, design.predictors[k], coded[k]?.levels ?? []));
  return {
    rows: { rows, rowIndex, droppedRows, ...(beside ?? nothingBeside), predictors: applied },
    problems: distinctProblems(problems),
  };
}

/** The formula of a parameter. Throws RangeError where the model is not that of the design. */
function lineOf({ predictors }: ModelAst, parameter: string): ExpandedFormula {
  const statement = predictors.find((one) => one.parameter.name === parameter);
  if (statement === undefined) throw new RangeError(`the model has no line for ${parameter}`);
  return expandFormula(statement.formula).formula;
}

function expressionsOf({ terms, offsets, random }: ExpandedFormula, groups: boolean): Expression[] {
  const all = [
    ...terms.flatMap(({ variables }) => variables),
    ...offsets,
    ...random.flatMap((one) => [...one.terms.flatMap(({ variables }) => variables), ...(groups ? one.group : [])]),
  ];
  return all.map(({ expression }) => expression);
}

/** Reports a column of texts that was one of numbers in the fit. */
function checkNumbers(expression: Expression, { recipe }: Design, table: Table, problems: Problem[]): void {
  if (expression.type !== "name") return;
  const column = table.columns.get(expression.name);
  const isFactor = recipe.factors.some(([of]) => of === printExpression(expression));
  if (column?.kind !== "text" || isFactor) return;
  const textOf = (row: number) => column.levels[column.codes[row]] ?? "";
  const row = Array.from(column.codes.keys()).find((each) => column.codes[each] >= 0 && !isNumeric(textOf(each))) ?? 0;
  const message = `${expression.name} is "${textOf(row)}" in row ${row + 1} of ${table.name}, and was a column of numbers in the fit`;
  problems.push(
    errorAt("text-column", expression.span, message, "give numbers, and leave cells empty that are missing"),
  );
}

function isNumeric(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

function distinctNames(expressions: readonly Expression[]) {
  return new Map(expressions.flatMap(columnNames).map((name) => [name.name, name])).values();
}

/** What stands beside the response, as far as the table has the columns that it is made of; weights only where they divide variances. */
function givenBeside(ast: ModelAst, table: Table, families: readonly FamilySignature[]): Response {
  const response = readResponse(ast.response, table, families, []);
  const { trials, weights, errors } = response;
  const given = (expression: Expression | null) =>
    expression !== null && columnNames(expression).every(({ name }) => table.columns.has(name)) ? expression : null;
  const precisions = isPrecision(response) ? given(weights) : null;
  // Beside weights, known errors stay what they are.
  const addsDispersion = response.addsDispersion || weights !== null;
  return { ...response, trials: given(trials), weights: precisions, errors: given(errors), addsDispersion };
}

function expressionsBeside({ trials, weights, errors }: Response): Expression[] {
  return [trials, weights, errors].filter((expression) => expression !== null);
}

const nothingBeside = { trials: null, weights: null, errors: null };

/** Rows that have all values which the expressions read, and the others, which a problem tells of. */
function splitRows(expressions: readonly Expression[], table: Table, problems: Problem[]) {
  const columns = [...distinctNames(expressions)].flatMap(({ name }) => {
    const column = table.columns.get(name);
    return column === undefined ? [] : [{ name, column }];
  });
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const lacks = (row: number) => columns.find(({ column }) => isMissing(column, row));
  const [rowIndex, droppedRows] = [all.filter((row) => !lacks(row)), all.filter((row) => lacks(row))];
  if (rowIndex.length === 0) {
    const why = table.rows === 0 ? `${table.name} has no rows` : `each row of ${table.name} lacks a value`;
    problems.push(
      errorAt("no-rows", undefined, `no rows left: ${why}`, "give rows with values in the columns of the model"),
    );
  } else if (droppedRows.length > 0) {
    const [first] = droppedRows;
    const where = `first row ${first + 1} (${lacks(first)?.name})`;
    const message = `${counted(droppedRows.length, "row")} of ${table.name} left out for missing values, ${where}`;
    problems.push(noteAt("dropped-rows", undefined, message));
  }
  return { rowIndex, droppedRows };
}

interface Coding {
  readonly groups: boolean;
  readonly evaluation: Evaluation;
  readonly variables: Evaluator;
}

/** A predictor of the design on other rows, before priors hold anything; null where a variable has no value. */
function codedAs(design: Design, k: number, line: ExpandedFormula, { groups, evaluation, variables }: Coding) {
  const { rows, problems } = evaluation;
  const part = design.predictors[k];
  const place = { where: `in the formula for ${part.parameter}`, span: part.span };
  const fixed = codeMatrix(
    line.intercept || (k === 0 && hasThresholds(design)),
    line.terms,
    variables,
    rows.length,
    place,
    problems,
  );
  const offset = sumOfOffsets(line.offsets, variables, rows.length);
  const groupings = distinctGroups(line.random);
  const levels = groupings.map(({ name, group }) => {
    const known = part.factors.find((factor) => factor.name === name)?.levels ?? [];
    return groups ? newLevels(name, known, group, evaluation) : unread(name, known, rows.length);
  });
  const terms = line.random.map((one) => {
    const where = { where: `in the effects over ${nameOf(one.group)}`, span: one.span };
    const coded = codeMatrix(one.intercept, one.terms, variables, rows.length, where, problems);
    return coded && split(coded.matrix, coded.columns, one, groupings);
  });
  const randomTerms = terms.flatMap((term) => term ?? []);
  if (fixed === null || levels.includes(null) || terms.includes(null)) return null;
  const found = levels.filter((one) => one !== null);
  return {
    ...part,
    X: fixed.matrix,
    columns: fixed.columns,
    columnMeans: design.recipe.columnMeans[k],
    interceptColumn: fixed.interceptColumn,
    terms: [],
    dependent: null,
    offset,
    factors: found.map(({ name, levels, levelIndex }): GroupingFactor => ({ name, levels, levelIndex, parent: null })),
    randomTerms,
    levels: found,
  };
}

function nameOf(group: readonly Variable[]): string {
  return group.map(({ name }) => name).join(":");
}

/** The grouping factors in order of first appearance, as the design has them before any is left out. */
function distinctGroups(random: readonly RandomTermFormula[]) {
  const byVariables = new Map<string, { readonly name: string; readonly group: readonly Variable[] }>();
  for (const { group } of random) {
    const key = keyOf(group);
    if (!byVariables.has(key)) byVariables.set(key, { name: nameOf(group), group });
  }
  return [...byVariables.values()];
}

function keyOf(group: readonly Variable[]): string {
  return JSON.stringify(group.map(({ name }) => name).sort());
}

function split(
  matrix: Float64Array,
  columns: readonly string[],
  { correlated, group }: RandomTermFormula,
  groupings: ReturnType<typeof distinctGroups>,
): RandomTerm[] {
  const factor = groupings.findIndex((one) => keyOf(one.group) === keyOf(group));
  if (correlated) return [{ factor, coefficients: columns, Z: matrix }];
  const rows = matrix.length / columns.length;
  return columns.map((name, c) => ({ factor, coefficients: [name], Z: matrix.slice(c * rows, (c + 1) * rows) }));
}

function sumOfOffsets(offsets: readonly Variable[], variables: Evaluator, rows: number): Float64Array | null {
  if (offsets.length === 0) return null;
  const sum = new Float64Array(rows);
  for (const offset of offsets) {
    const value = variables(offset);
    if (value?.kind === "number") addScaled(sum, 1, value.values);
  }
  return sum;
}

/** The factors that priors have left, in the order of the fit's, with their new levels told apart. */
function withLevels(held: PredictorDesign, fitted: PredictorDesign, levels: readonly NewLevels[]): NewPredictor {
  const { parameter, link, X, columns, offset, randomTerms, factors } = held;
  const byName = new Map(levels.map((one) => [one.name, one]));
  const kept = factors.flatMap(({ name }) => byName.get(name) ?? []);
  const isSame =
    fitted.columns.every((name) => columns.includes(name)) &&
    kept.map(({ name }) => name).join("\0") === fitted.factors.map(({ name }) => name).join("\0");
  if (!isSame) throw new RangeError(`the predictor of ${parameter} is not coded as in the fit`);
  return { parameter, link, X, columns, offset, randomTerms, factors: kept };
}
