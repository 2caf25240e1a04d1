import type { Expression } from "../language/ast.js";
import { printExpression } from "../language/printExpression.js";

/** How a message calls a response or its like: a column by its plain name. */
export function nameOf(expression: Expression): string {
  return expression.type === "name" ? expression.name : printExpression(expression);
}
