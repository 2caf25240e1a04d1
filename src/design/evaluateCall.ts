import type { Call, Expression } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import { didYouMean } from "../language/suggest.js";
import { orthonormalPolynomials, polynomialsAt } from "../math/linalg/orthonormalPolynomials.js";
import { mean, standardDeviation } from "../math/moments.js";
import { exp, log } from "../math/special/elementary.js";
import { allLevels, levelsOfColumn } from "./columnValue.js";
import { remembered } from "./DesignRecipe.js";
import { type Evaluation, finite, type OperandEvaluation } from "./Evaluation.js";
import { factorOfNumbers, inOrder, relevelled } from "./factor.js";
import { levelArguments, levelKey } from "./namedLevels.js";
import { counted } from "./problems.js";
import type { FactorValue, Value } from "./Value.js";

interface ColumnFunction {
  readonly parameters: number;
  /** Whether more arguments may follow. */
  readonly takesMore?: true;
  /** The call has been found to have that many arguments. */
  evaluate(call: Call, evaluation: OperandEvaluation): Value | null;
}

/** The functions of a formula, by name. */
const functions: ReadonlyMap<string, ColumnFunction> = new Map<string, ColumnFunction>([
  ["log", elementwise(log)],
  ["exp", elementwise(exp)],
  ["sqrt", elementwise(Math.sqrt)],
  ["round", elementwise(roundHalfEven)],
  ["I", elementwise((value) => value)],
  ["center", { parameters: 1, evaluate: center }],
  ["scale", { parameters: 1, evaluate: scale }],
  ["poly", { parameters: 2, evaluate: poly }],
  ["factor", { parameters: 1, takesMore: true, evaluate: factor }],
  ["relevel", { parameters: 2, evaluate: relevel }],
  ["sum", { parameters: 1, evaluate: sum }],
  ["offset", { parameters: 1, evaluate: misplacedOffset }],
]);

/** The value of a call on the rows. */
export function evaluateCall(call: Call, evaluation: OperandEvaluation): Value | null {
  const { name } = call.callee;
  const entry = functions.get(name);
  if (entry === undefined) {
    const hint = didYouMean(name, [...functions.keys()], "functions");
    return fail(evaluation, "unknown-function", `unknown function "${name}"`, call.callee, hint);
  }
  const isEnough = entry.takesMore && call.arguments.length > entry.parameters;
  if (call.arguments.length !== entry.parameters && !isEnough) {
    const message = `${name}() takes ${counted(entry.parameters, "argument")}, not ${call.arguments.length}`;
    return fail(evaluation, "wrong-arguments", message, call);
  }
  return entry.evaluate(call, evaluation);
}

function fail(evaluation: Evaluation, code: string, message: string, place: Expression, hint?: string): null {
  evaluation.problems.push(errorAt(code, place.span, message, hint));
  return null;
}

function elementwise(operation: (value: number) => number): ColumnFunction {
  return {
    parameters: 1,
    evaluate: (call, evaluation) => {
      const values = evaluation.numbers(call.arguments[0], call);
      return values === null ? null : finite(values.map(operation), call, evaluation);
    },
  };
}

/** As R's: a half goes to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

function center(call: Call, evaluation: OperandEvaluation): Value | null {
  const values = evaluation.numbers(call.arguments[0], call);
  if (values === null) return null;
  const known = remembered(evaluation.memory?.moments, printExpression(call), () => ({
    centre: mean(values),
    scale: 1,
  }));
  return (
    known &&
    finite(
      values.map((value) => value - known.centre),
      call,
      evaluation,
    )
  );
}

/** As R's: centred, then divided by the standard deviation with divisor n - 1. */
function scale(call: Call, evaluation: OperandEvaluation): Value | null {
  const values = evaluation.numbers(call.arguments[0], call);
  if (values === null) return null;
  const moments = remembered(evaluation.memory?.moments, printExpression(call), () => {
    const deviation = standardDeviation(values);
    if (deviation > 0 && deviation < Number.POSITIVE_INFINITY) return { centre: mean(values), scale: deviation };
    const message = `${printExpression(call)} divides by the standard deviation, which is ${deviation}`;
    return fail(evaluation, "bad-scale", message, call, "leave it out of the formula if it is constant");
  });
  return (
    moments &&
    finite(
      values.map((value) => (value - moments.centre) / moments.scale),
      call,
      evaluation,
    )
  );
}

function poly(call: Call, evaluation: OperandEvaluation): Value | null {
  const [variable, degree] = call.arguments;
  if (degree.type !== "number" || !Number.isInteger(degree.value) || degree.value < 1) {
    const message = `the degree of a polynomial is a whole number from 1, not ${printExpression(degree)}`;
    return fail(evaluation, "polynomial-degree", message, degree, "as in poly(x, 2)");
  }
  const values = evaluation.numbers(variable, call);
  if (values === null) return null;
  const recurrence = remembered(evaluation.memory?.polynomials, printExpression(call), () =>
    orthonormalPolynomials(values, degree.value),
  );
  if (recurrence !== null) return { kind: "polynomial", columns: polynomialsAt(recurrence, values) };
  const message = `${printExpression(call)} needs more than ${counted(degree.value, "distinct value")}`;
  return fail(evaluation, "polynomial-degree", message, call, "lower the degree");
}

function factor(call: Call, evaluation: OperandEvaluation): Value | null {
  const value = asFactor(call, evaluation);
  return value?.kind === "factor" && call.arguments.length > 1 ? inNamedOrder(value, call, evaluation) : value;
}

/** The factor with its levels in the order in which the call names them; rows with other levels have been left out. */
function inNamedOrder(value: FactorValue, call: Call, evaluation: Evaluation): Value | null {
  const [argument] = call.arguments;
  const text = printExpression(argument);
  if (argument.type !== "name")
    return fail(evaluation, "named-levels", `factor() names the levels of columns, and ${text} is none`, argument);
  const named = levelArguments(call);
  if (named === null)
    return fail(
      evaluation,
      "named-levels",
      "the levels of factor() are in quotes",
      call,
      'as in factor(x, "low", "high")',
    );
  const column = evaluation.table.columns.get(argument.name);
  const keys = named.map((level) => levelKey(column, level));
  const twice = keys.find((level, k) => keys.indexOf(level) < k);
  if (twice !== undefined)
    return fail(evaluation, "named-levels", `${printExpression(call)} names the level "${twice}" twice`, call);
  const absent = keys.find((level) => !value.levels.includes(level));
  if (absent !== undefined) {
    const message = `${text} has no level "${absent}" in the rows used`;
    return fail(evaluation, "unknown-level", message, call, didYouMean(absent, allLevels(column, value), "levels"));
  }
  return inOrder(value, keys);
}

function asFactor(call: Call, evaluation: OperandEvaluation): Value | null {
  const [argument] = call.arguments;
  const column = argument.type === "name" ? evaluation.table.columns.get(argument.name) : undefined;
  const levels = levelsOfColumn(column, evaluation);
  if (levels !== null) return levels;
  const value = evaluation.evaluate(argument);
  if (value === null || value.kind === "factor") return value;
  const values = evaluation.numbers(argument, call);
  return values === null ? null : factorOfNumbers(values);
}

function relevel(call: Call, evaluation: OperandEvaluation): Value | null {
  const [argument, level] = call.arguments;
  const value = factorArgument(call, evaluation, (text) => `relevel(factor(${text}), ${printExpression(level)})`);
  if (value === null) return null;
  if (level.type !== "string") {
    const message = `the second argument of relevel() is a level in quotes, not ${printExpression(level)}`;
    return fail(evaluation, "unknown-level", message, level, didYouMean("", value.levels, "levels"));
  }
  const first = value.levels.indexOf(level.value);
  if (first >= 0) return relevelled(value, first);
  const message = `${printExpression(argument)} has no level "${level.value}" in the rows used`;
  return fail(evaluation, "unknown-level", message, level, didYouMean(level.value, value.levels, "levels"));
}

function sum(call: Call, evaluation: OperandEvaluation): Value | null {
  const value = factorArgument(call, evaluation, (text) => `sum(factor(${text}))`);
  return value === null ? null : { ...value, coding: "sum" };
}

/** The first argument of a call that takes a factor; `remedy` writes the call for a number. */
function factorArgument(
  call: Call,
  evaluation: OperandEvaluation,
  remedy: (text: string) => string,
): FactorValue | null {
  const [argument] = call.arguments;
  const value = evaluation.evaluate(argument);
  if (value === null || value.kind === "factor") return value;
  const text = printExpression(argument);
  const message = `${call.callee.name}() takes a factor, and ${text} is numeric`;
  return fail(evaluation, "not-a-factor", message, argument, `for its values as levels: ${remedy(text)}`);
}

function misplacedOffset(call: Call, evaluation: Evaluation): null {
  const hint = "as in log(mu) = 1 + x + offset(log(weeks))";
  return fail(evaluation, "misplaced-offset", "offset() is a term of its own, not part of another", call, hint);
}
