import { daysOf, writtenDate } from "../data/dates.js";
import type { Binary, Expression, Unary } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import { didYouMean } from "../language/suggest.js";
import { groupingColumn } from "./columnValue.js";
import type { Evaluation, OperandEvaluation } from "./Evaluation.js";
import type { FactorValue, NumberValue, Value } from "./Value.js";

// Comparisons and logical operators of I() and subset(): 1 where they hold, 0 elsewhere. As in R any number but 0 counts as true.

type Holds = (left: number, right: number) => boolean;

const comparisons: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ["<", (left, right) => left < right],
  ["<=", (left, right) => left <= right],
  [">", (left, right) => left > right],
  [">=", (left, right) => left >= right],
  ["==", (left, right) => left === right],
  ["!=", (left, right) => left !== right],
]);

const connectives: ReadonlyMap<string, Holds> = new Map<string, Holds>([
  ["&", (left, right) => left !== 0 && right !== 0],
  ["|", (left, right) => left !== 0 || right !== 0],
]);

/** Whether `condition` evaluates a binary expression. */
export function isCondition({ operator }: Binary): boolean {
  return comparisons.has(operator) || connectives.has(operator);
}

/** A comparison, or two conditions joined; null where it has no value, and then the problem has been reported. */
export function condition(expression: Binary, evaluation: OperandEvaluation): Value | null {
  const holds = comparisons.get(expression.operator);
  if (holds !== undefined && isDated(expression, evaluation)) return compareDates(expression, holds, evaluation);
  if (holds !== undefined && isTextual(expression, evaluation)) return compareTexts(expression, evaluation);
  const operation = holds ?? connectives.get(expression.operator);
  const left = evaluation.numbers(expression.left, expression);
  const right = evaluation.numbers(expression.right, expression);
  if (left === null || right === null || operation === undefined) return null;
  return { kind: "number", values: left.map((value, i) => Number(operation(value, right[i]))) };
}

/** `!x`: 1 where x is 0. */
export function negated(expression: Unary, evaluation: OperandEvaluation): Value | null {
  const operand = evaluation.numbers(expression.operand, expression);
  return operand === null ? null : { kind: "number", values: operand.map((value) => Number(value === 0)) };
}

/** A column of dates beside a text that is one: `visit >= "2024-03-01"`. */
function isDated({ left, right }: Binary, { table }: Evaluation): boolean {
  const isDate = (side: Expression) => side.type === "name" && table.columns.get(side.name)?.kind === "date";
  return [left, right].some(isDate) && [left, right].some(({ type }) => type === "string");
}

function compareDates(expression: Binary, holds: Holds, evaluation: Evaluation): NumberValue | null {
  const [left, right] = [days(expression.left, evaluation), days(expression.right, evaluation)];
  if (left === null || right === null) return null;
  return { kind: "number", values: Float64Array.from(evaluation.rows, (_, i) => Number(holds(left(i), right(i)))) };
}

/** Days since 1970-01-01 of each row. */
function days(expression: Expression, evaluation: Evaluation): ((i: number) => number) | null {
  const { table, rows } = evaluation;
  const column = expression.type === "name" ? table.columns.get(expression.name) : undefined;
  if (column?.kind === "date") return (i) => column.days[rows[i]];
  const written = expression.type === "string" ? writtenDate(expression.value) : null;
  const day = written === null || written.order !== "year-first" ? Number.NaN : daysOf(written);
  if (Number.isFinite(day)) return () => day;
  const message = `${printExpression(expression)} is not a date and is compared with one`;
  return fail(evaluation, expression, "not-a-date", message, 'write a date as year, month and day: "2024-03-31"');
}

function isTextual({ left, right }: Binary, evaluation: Evaluation): boolean {
  return [left, right].some((side) => side.type === "string" || isTextColumn(side, evaluation));
}

/** A number whose text is kept, such as an identifier, is compared as a number with numbers. */
function isTextColumn(expression: Expression, { table }: Evaluation): boolean {
  const column = expression.type === "name" ? table.columns.get(expression.name) : undefined;
  return column?.kind === "text" && column.label === undefined;
}

/** Texts are equal or not; they have no order. */
function compareTexts(expression: Binary, evaluation: OperandEvaluation): NumberValue | null {
  const { operator, left, right } = expression;
  const [a, b] = [textSide(left, expression, evaluation), textSide(right, expression, evaluation)];
  if (a === null || b === null) return null;
  if (operator !== "==" && operator !== "!=") {
    const hint = "compare texts with == or !=";
    return fail(evaluation, expression, "text-order", `texts have no order in ${printExpression(expression)}`, hint);
  }
  for (const [text, column] of [
    [a, b],
    [b, a],
  ] as const)
    if (typeof text === "string" && !isLevel(text, column, evaluation)) return null;
  const at = (side: TextSide, i: number) => (typeof side === "string" ? side : side.value.levels[side.value.codes[i]]);
  const isEqual = operator === "==";
  const values = Float64Array.from(evaluation.rows, (_, i) => Number((at(a, i) === at(b, i)) === isEqual));
  return { kind: "number", values };

  /** A text that no row of the table has is a slip. */
  function isLevel(text: string, side: TextSide, { table }: Evaluation): boolean {
    if (typeof side === "string" || side.expression.type !== "name") return true;
    const { name } = side.expression;
    const column = table.columns.get(name);
    if (column?.kind !== "text" || column.levels.includes(text)) return true;
    const written = left.type === "string" ? left : right;
    const hint = didYouMean(text, column.levels, `values of ${name}`);
    fail(evaluation, written, "unknown-level", `no row has the value "${text}" in ${name}`, hint);
    return false;
  }
}

type TextSide = string | { readonly expression: Expression; readonly value: FactorValue };

function textSide(expression: Expression, within: Expression, evaluation: OperandEvaluation): TextSide | null {
  if (expression.type === "string") return expression.value;
  const value = expression.type === "name" ? groupingColumn(expression, evaluation) : evaluation.evaluate(expression);
  if (value === null) return null;
  if (value.kind === "factor") return { expression, value };
  const message = `${printExpression(expression)} is a number and is compared with a text in ${printExpression(within)}`;
  return fail(evaluation, expression, "text-and-number", message, "a number stands without quotes, as in x == 3");
}

function fail(evaluation: Evaluation, { span }: Expression, code: string, message: string, hint: string): null {
  evaluation.problems.push(errorAt(code, span, message, hint));
  return null;
}
