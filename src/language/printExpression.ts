import { checkArgument } from "../argument/checkArgument.js";
import type { Expression } from "./ast.js";
import { quote } from "./brackets.js";
import { anExpression } from "./kinds.js";
import { printName } from "./names.js";
import { precedence } from "./parseExpression.js";
import { unsupportedFunctions } from "./unsupported.js";

export { printName };

/**
 * The canonical text of an expression, by which variables are known in results: `I(age^2)`, `poly(x, 2)`,
 * `relevel(trt, "placebo")`. It has no more parentheses than it needs.
 */
export function printExpression(expression: Expression): string {
  checkArgument(anExpression, expression, "printExpression", "expression");
  return print(expression, 0);
}

function print(expression: Expression, weakest: number): string {
  const text = printBare(expression);
  return strength(expression) < weakest ? `(${text})` : text;
}

function strength(expression: Expression): number {
  if (expression.type === "binary") return precedence[expression.operator];
  if (expression.type === "unary" && expression.operator === "!") return precedence["!"];
  const signed = expression.type === "unary" || (expression.type === "number" && expression.value < 0);
  return signed ? precedence.unary : Number.POSITIVE_INFINITY;
}

function printBare(expression: Expression): string {
  switch (expression.type) {
    case "name":
      return printName(expression.name);
    case "number":
      return String(expression.value);
    case "string":
      return quote(expression.value, '"');
    case "call":
      return `${printCallee(expression.callee.name)}(${expression.arguments.map((value, k) => printArgument(expression.names?.[k] ?? null, value)).join(", ")})`;
    case "unary":
      return expression.operator + print(expression.operand, precedence[expression.operator === "!" ? "!" : "unary"]);
    case "random":
      return printRandom(printExpression(expression.effects), expression.correlated, printExpression(expression.group));
    case "binary": {
      const { operator } = expression;
      const own = precedence[operator];
      const isPower = operator === "^";
      const left = print(expression.left, isPower ? own + 1 : own);
      // A signed power needs no parentheses: 2^-1.
      const right = print(expression.right, isPower ? precedence.unary : own + 1);
      return left + (tight.has(operator) ? operator : ` ${operator} `) + right;
    }
  }
}

function printArgument(name: string | null, value: Expression): string {
  return name === null ? printExpression(value) : `${name} = ${printExpression(value)}`;
}

/** In backticks also where the name alone would be read as something else. */
function printCallee(name: string): string {
  return name === "not" || unsupportedFunctions.has(name) ? quote(name, "`") : printName(name);
}

/** Operators that are printed without spaces. */
const tight: ReadonlySet<string> = new Set(["/", ":", "^"]);

function printRandom(effects: string, correlated: boolean, group: string): string {
  return `(${effects} ${correlated ? "|" : "||"} ${group})`;
}
