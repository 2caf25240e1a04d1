import type { Binary, Expression, Unary } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import type { Variable } from "../language/terms.js";
import { power } from "../math/special/power.js";
import { columnValue, dateOriginOf, groupingColumn, numbersOfLabel } from "./columnValue.js";
import { condition, isCondition, negated } from "./conditions.js";
import { remembered } from "./DesignRecipe.js";
import { type Evaluation, finite, type OperandEvaluation } from "./Evaluation.js";
import { evaluateCall } from "./evaluateCall.js";
import { factorByCode } from "./factorByCode.js";
import type { Value } from "./Value.js";

/** A variable's value on the rows, computed once a name; null if it has none, and then the problem has been reported. */
export type Evaluator = (variable: Variable) => Value | null;

/** An evaluator of variables on these rows; of grouping factors, a column by its bare name has its levels. */
export function evaluator(evaluation: Evaluation, use: "terms" | "groups" = "terms"): Evaluator {
  const known = new Map<string, Value | null>();
  return ({ name, expression }) => {
    const value = known.get(name);
    if (value !== undefined) return value;
    const computed = use === "groups" ? group(expression, evaluation) : term({ name, expression }, evaluation);
    known.set(name, computed);
    return computed;
  };
}

function group(expression: Expression, evaluation: Evaluation): Value | null {
  return expression.type === "name" ? groupingColumn(expression, evaluation) : evaluate(expression, evaluation);
}

/** A factor that the rows of a fit have been coded by keeps its levels. */
function term({ name, expression }: Variable, evaluation: Evaluation): Value | null {
  const { memory } = evaluation;
  const code = memory?.factors.get(name);
  if (code !== undefined) return factorByCode(expression, code, evaluation, (inner) => evaluate(inner, evaluation));
  const value = evaluate(expression, evaluation);
  if (value?.kind === "factor") memory?.factors.set(name, { levels: value.levels, coding: value.coding });
  return value;
}

/** An expression's value. A column that is not in the table gives null without a report: unknown names are found before. */
export function evaluate(expression: Expression, within: Evaluation): Value | null {
  const dateOrigin = within.dateOrigin ?? firstDayOf(expression, within);
  const evaluation: OperandEvaluation = {
    ...within,
    dateOrigin,
    evaluate: (operand) => evaluate(operand, evaluation),
    numbers: (operand, whole) => numbers(operand, whole, evaluation),
  };
  switch (expression.type) {
    case "name":
      return columnValue(expression, evaluation);
    case "number":
      return { kind: "number", values: new Float64Array(evaluation.rows.length).fill(expression.value) };
    case "call":
      return evaluateCall(expression, evaluation);
    case "unary":
      return unary(expression, evaluation);
    case "binary":
      return binary(expression, evaluation);
    default:
      return misplaced(expression, evaluation);
  }
}

/** The day that the dates of a variable count from; Infinity where it reads none. */
function firstDayOf(expression: Expression, { memory, table }: Evaluation): number {
  const day = dateOriginOf(expression, table);
  return Number.isFinite(day) ? (remembered(memory?.firstDays, printExpression(expression), () => day) ?? day) : day;
}

/** The numbers of an expression that must be numeric, as an argument of `within`. */
export function numbers(expression: Expression, within: Expression, evaluation: Evaluation): Float64Array | null {
  const labelled = numbersOfLabel(expression, evaluation);
  if (labelled !== null) return labelled;
  const value = evaluate(expression, evaluation);
  if (value === null || value.kind === "number") return value?.values ?? null;
  const what = value.kind === "polynomial" ? "a polynomial" : expression.type === "name" ? "text" : "a factor";
  const message = `${printExpression(expression)} is ${what}, not a number, in ${printExpression(within)}`;
  const hint = "arithmetic takes numeric columns; factors and polynomials stand alone or in interactions";
  evaluation.problems.push(errorAt("not-numeric", expression.span, message, hint));
  return null;
}

function unary(expression: Unary, evaluation: OperandEvaluation): Value | null {
  if (expression.operator === "!") return negated(expression, evaluation);
  const operand = evaluation.numbers(expression.operand, expression);
  if (operand === null) return null;
  return { kind: "number", values: expression.operator === "-" ? operand.map((value) => -value) : operand };
}

function binary(expression: Binary, evaluation: OperandEvaluation): Value | null {
  if (isCondition(expression)) return condition(expression, evaluation);
  const operation = operations.get(expression.operator);
  if (operation === undefined) return misplaced(expression, evaluation);
  const left = evaluation.numbers(expression.left, expression);
  const right = evaluation.numbers(expression.right, expression);
  if (left === null || right === null) return null;
  return finite(
    left.map((value, i) => operation(value, right[i])),
    expression,
    evaluation,
  );
}

const operations: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ["+", (left: number, right: number) => left + right],
  ["-", (left: number, right: number) => left - right],
  ["*", (left: number, right: number) => left * right],
  ["/", (left: number, right: number) => left / right],
  ["^", power],
]);

function misplaced(expression: Expression, { problems }: Evaluation): null {
  const message = `${printExpression(expression)} is not arithmetic`;
  const hint = "inside a call stand columns, numbers, + - * / ^ and functions";
  problems.push(errorAt("not-arithmetic", expression.span, message, hint));
  return null;
}
