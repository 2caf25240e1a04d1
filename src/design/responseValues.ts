import type { TextColumn } from "../data/Table.js";
import type { Expression, Name } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { readCategories } from "./categories.js";
import { numbersOfLabel, refuseDoubt, refuseUnusable } from "./columnValue.js";
import type { Censoring, Truncation } from "./Design.js";
import type { Evaluation } from "./Evaluation.js";
import { numbers } from "./evaluate.js";
import type { FamilySignature } from "./FamilySignature.js";
import { gather } from "./gather.js";
import { nameOf } from "./nameOf.js";
import { counted, noteAt } from "./problems.js";
import { type Cut, readCut } from "./readCut.js";
import type { Response } from "./response.js";
import { numericColumn, reportRows } from "./rowNumbers.js";

/** The response on the rows of the design, each array of length n. */
export interface ResponseValues {
  readonly values: Float64Array;
  /** The names of the categories of a response that is one of several. */
  readonly categories: readonly string[] | null;
  readonly trials: Float64Array | null;
  /** Positive prior weights; of rows with known standard errors s alone, 1 / s^2. */
  readonly weights: Float64Array | null;
  /** Known standard errors to which sigma is added, 0 where the model has none. */
  readonly errors: Float64Array | null;
  readonly censoring: Censoring | null;
  readonly truncation: Truncation | null;
}

/** Reads the response and what stands beside it, and finds every row outside the support; null if there is one. */
export function responseValues(response: Response, evaluation: Evaluation): ResponseValues | null {
  const { family } = response;
  if (family === null) return null;
  const needsTrials = family.slots.some((slot) => slot.kind === "data");
  const isOfCategories = family.thresholds !== undefined || family.isCategorical === true;
  const found = isOfCategories ? readCategories(response.value, family.thresholds !== undefined, evaluation) : null;
  const read = isOfCategories ? (found?.values ?? null) : readResponseColumn(response.value, family, evaluation);
  const beside = readBeside(response, family, evaluation);
  const { trials, weights, errors } = beside;
  const isComplete =
    (weights !== null || response.weights === null) && (errors !== null || response.errors === null) && read !== null;
  if (!isComplete || (trials === null && needsTrials)) return null;
  const values = trials === null ? read : successes(read, trials, response, evaluation);
  if (values === null) return null;
  const cut = readCut(response, values, evaluation);
  if (!checkSupport(values, trials, cut, response, family, evaluation) || cut === null) return null;
  return { values, categories: found?.names ?? null, ...cut, ...withKnownErrors(response, beside) };
}

/** What stands beside the response of rows that need have none themselves: null where the model has none, or where there is a problem. */
export function besideResponse(response: Response, evaluation: Evaluation): Beside | null {
  return response.family && withKnownErrors(response, readBeside(response, response.family, evaluation));
}

type Beside = Pick<ResponseValues, "trials" | "weights" | "errors">;

function readBeside({ trials, weights, errors }: Response, family: FamilySignature, evaluation: Evaluation): Beside {
  return {
    trials: trials && readTrials(trials, family, evaluation),
    weights: weights && positive(weights, "weights", evaluation),
    errors: errors && positive(errors, "standard errors", evaluation),
  };
}

/** Known errors alone are precision weights of rows whose sigma is 1. */
function withKnownErrors({ addsDispersion }: Response, { trials, weights, errors }: Beside): Beside {
  return errors === null || addsDispersion || weights !== null
    ? { trials, weights, errors }
    : { trials, weights: errors.map((s) => 1 / s / s), errors: null };
}

/** The rows whose weight is not 0: one of 0 tells nothing of the model. */
export function withoutZeroWeights({ weights }: Response, evaluation: Evaluation): Int32Array {
  const { rows, problems } = evaluation;
  if (weights === null) return rows;
  // What is wrong with the weights is reported when they are read on the rows used.
  const values = numericColumn(weights, "weights", "text-column", { ...evaluation, problems: [] });
  const kept = values === null ? rows : rows.filter((_, i) => values[i] !== 0);
  if (kept.length === 0 && rows.length > 0)
    problems.push(errorAt("no-rows", weights.span, "no rows left", "each row has a weight of 0"));
  return kept;
}

/** Numbers that must be positive in every row used. */
function positive(expression: Expression, what: string, evaluation: Evaluation): Float64Array | null {
  const values = numericColumn(expression, what, "text-column", evaluation);
  if (values === null) return null;
  const check = (i: number) => (values[i] > 0 && values[i] < Infinity ? null : "is no positive number");
  const name = `${nameOf(expression)} as ${what}`;
  return reportRows(name, values, expression.span, "not-positive", check, evaluation) ? values : null;
}

/** As R's: how far a proportion times its trials may be from a whole number. */
const proportionTolerance = 1e-3;

/**
 * Counts of successes. Values that all lie in [0, 1], with one among them that is neither 0 nor 1, are proportions of the trials, and
 * are multiplied by them.
 */
function successes(
  values: Float64Array,
  trials: Float64Array,
  { value, isProportion }: Response,
  evaluation: Evaluation,
): Float64Array | null {
  const isFraction = (y: number) => y >= 0 && y <= 1;
  if (!isProportion && !(values.every(isFraction) && values.some((y) => !Number.isInteger(y)))) return values;
  const counts = values.map((y, i) => y * trials[i]);
  const check = (i: number) => {
    if (!isFraction(values[i])) return "is no proportion: the weights of a binomial response are its trials, as in R";
    const nearest = Math.round(counts[i]);
    return Math.abs(counts[i] - nearest) <= proportionTolerance ? null : ofTrials(counts[i], trials[i]);
  };
  if (!reportRows(nameOf(value), values, value.span, "bad-proportion", check, evaluation)) return null;
  if (!isProportion)
    evaluation.problems.push(
      noteAt("proportion", value.span, `${nameOf(value)} is taken as a proportion of the trials`),
    );
  return counts.map(Math.round);
}

function ofTrials(successes: number, trials: number): string {
  return `of ${trials} trials is ${Number(successes.toPrecision(6))} successes, no whole number`;
}

/** Whether each row of the family is a count of successes among its trials, one trial where it has no data slot. */
export function isBinomial(family: FamilySignature): boolean {
  const accepts = (value: number) => family.checkResponse(value, 1) === null;
  return accepts(0) && accepts(1) && !accepts(2) && !accepts(0.5);
}

/** Whether the response is a count without an end. */
export function isCount(family: FamilySignature): boolean {
  const accepts = (value: number) => family.checkResponse(value, 1) === null;
  return accepts(0) && accepts(2) && !accepts(0.5) && !accepts(-1);
}

function readResponseColumn(
  expression: Expression,
  family: FamilySignature,
  evaluation: Evaluation,
): Float64Array | null {
  if (expression.type !== "name") {
    const values = numbers(expression, expression, evaluation);
    return values !== null && family.checkResponse(0.5, 1) !== null ? values.map(nearCount) : values;
  }
  return readColumn(expression, family, evaluation);
}

/** Arithmetic may miss a whole number by rounding: 0.1 * 30 is 3.0000000000000004. */
function nearCount(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= 1e-9 * Math.max(1, Math.abs(value)) ? nearest : value;
}

function readColumn(name: Name, family: FamilySignature, evaluation: Evaluation): Float64Array | null {
  const column = evaluation.table.columns.get(name.name);
  if (column === undefined) return null;
  if (column.kind === "number") return gather(column.values, evaluation.rows);
  if (column.kind === "unusable") return refuseUnusable(name, column, evaluation);
  if (column.kind === "date") {
    const message = `the response ${name.name} is a date, and ${family.name} takes numbers`;
    evaluation.problems.push(errorAt("date-response", name.span, message));
    return null;
  }
  const labelled = numbersOfLabel(name, evaluation);
  if (labelled !== null) return labelled;
  if (refuseDoubt(name, column, evaluation, false)) return null;
  const isBinary = isBinomial(family) && !family.slots.some((slot) => slot.kind === "data");
  if (isBinary && column.levels.length === 2) return gather(column.codes, evaluation.rows);
  if (isBinary) evaluation.problems.push(levelsOfBinary(name, column, family));
  else {
    const message = `the response ${name.name} is text, and ${family.name} takes numbers`;
    evaluation.problems.push(errorAt("text-response", name.span, message, firstText(column, evaluation.rows)));
  }
  return null;
}

/** The cell that made text of a column of numbers. */
function firstText({ codes, levels }: TextColumn, rows: Int32Array): string | undefined {
  const isNumber = levels.map((level) => level.trim() !== "" && Number.isFinite(Number(level)));
  const texts = rows.filter((row) => !isNumber[codes[row]]);
  if (texts.length === 0 || texts.length === rows.length) return undefined;
  const first = texts.reduce((a, b) => Math.min(a, b));
  return `the first that is not a number is "${levels[codes[first]]}" in row ${first + 1}`;
}

function levelsOfBinary({ name, span }: Name, { levels }: TextColumn, family: FamilySignature) {
  const message = `the response ${name} has ${counted(levels.length, "level")}, and ${family.name} takes two`;
  return errorAt("text-response", span, message, "of two levels the first stands for 0 and the second for 1");
}

function readTrials(expression: Expression, family: FamilySignature, evaluation: Evaluation): Float64Array | null {
  const { span } = expression;
  const name = nameOf(expression);
  const what = `the trials of ${family.name}`;
  const values = numericColumn(expression, what, "bad-trials", evaluation)?.map(nearCount) ?? null;
  if (values === null) return null;
  const check = (i: number) => {
    if (values[i] === 0) return "tells nothing of the response: leave such rows out";
    return Number.isInteger(values[i]) && values[i] > 0 ? null : "is no positive whole number";
  };
  return reportRows(`${name} as trials`, values, span, "bad-trials", check, evaluation) ? values : null;
}

function checkSupport(
  values: Float64Array,
  trials: Float64Array | null,
  cut: Cut | null,
  { statement: { expression } }: Response,
  family: FamilySignature,
  evaluation: Evaluation,
): boolean {
  const name = nameOf(expression);
  const { span } = expression;
  const check = (i: number) => {
    const problem = family.checkResponse(values[i], trials === null ? 1 : trials[i]);
    if (problem === null || cut?.censoring?.kinds[i] !== 2) return problem;
    return `${problem}; an interval from there is left-censored at its upper end`;
  };
  return reportRows(name, values, span, "outside-support", check, evaluation);
}
