import type { TextColumn } from "../data/Table.js";
import type { Name, Span } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { numbersOfLabel, refuseDoubt, refuseUnusable } from "./columnValue.js";
import type { Evaluation } from "./evaluate.js";
import type { FamilySignature } from "./FamilySignature.js";
import { gather } from "./gather.js";
import { counted } from "./problems.js";
import type { Response } from "./response.js";

/** The response on the rows of the design. */
export interface ResponseValues {
  readonly values: Float64Array;
  readonly trials: Float64Array | null;
}

/** Reads the response and the family's data column and finds every row outside the support; null if there is one. */
export function responseValues(response: Response, evaluation: Evaluation): ResponseValues | null {
  const { family, statement } = response;
  if (family === null) return null;
  const needsTrials = family.slots.some((slot) => slot.kind === "data");
  const values = readResponseColumn(statement.column, family, evaluation);
  const trials = response.trials === null ? null : readTrials(response.trials, family, evaluation);
  const isComplete = values !== null && (trials !== null || !needsTrials);
  const sound = isComplete && checkSupport(values, trials, response, family, evaluation);
  return sound ? { values, trials } : null;
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

function readResponseColumn(name: Name, family: FamilySignature, evaluation: Evaluation): Float64Array | null {
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

function readTrials(column: Name, family: FamilySignature, evaluation: Evaluation): Float64Array | null {
  const { name, span } = column;
  const values = trialNumbers(column, family, evaluation);
  if (values === null) return null;
  const check = (i: number) => {
    if (values[i] === 0) return "tells nothing of the response: leave such rows out";
    return Number.isInteger(values[i]) && values[i] > 0 ? null : "is no positive whole number";
  };
  return reportRows(`${name} as trials`, values, span, "bad-trials", check, evaluation) ? values : null;
}

function trialNumbers(name: Name, family: FamilySignature, evaluation: Evaluation): Float64Array | null {
  const column = evaluation.table.columns.get(name.name);
  if (column === undefined) return null;
  if (column.kind === "number") return gather(column.values, evaluation.rows);
  if (column.kind === "unusable") return refuseUnusable(name, column, evaluation);
  const labelled = numbersOfLabel(name, evaluation);
  if (labelled !== null) return labelled;
  if (column.kind === "text" && refuseDoubt(name, column, evaluation, false)) return null;
  const what = column.kind === "date" ? "a date" : "text";
  const message = `${name.name} is ${what}, and the trials of ${family.name} are numbers`;
  evaluation.problems.push(errorAt("bad-trials", name.span, message));
  return null;
}

function checkSupport(
  values: Float64Array,
  trials: Float64Array | null,
  { statement }: Response,
  family: FamilySignature,
  evaluation: Evaluation,
): boolean {
  const { name, span } = statement.column;
  const check = (i: number) => family.checkResponse(values[i], trials === null ? 1 : trials[i]);
  return reportRows(name, values, span, "outside-support", check, evaluation);
}

/** Reports the first row of the table with something wrong, and how many more there are; true if all are well. */
function reportRows(
  name: string,
  values: Float64Array,
  span: Span | undefined,
  code: string,
  check: (i: number) => string | null,
  { rows, problems }: Evaluation,
): boolean {
  let count = 0;
  let first = -1;
  for (let i = 0; i < rows.length; i++) {
    if (check(i) === null) continue;
    count++;
    if (first < 0 || rows[i] < rows[first]) first = i;
  }
  if (first < 0) return true;
  const message = `${name} is ${values[first]} in row ${rows[first] + 1}, which ${check(first)}`;
  const more = count === 1 ? undefined : `and so in ${counted(count - 1, "more row")}`;
  problems.push(errorAt(code, span, message, more));
  return false;
}
