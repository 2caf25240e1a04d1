import { checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import type { Expression, ModelAst, Name } from "../language/ast.js";

/** The columns an expression reads, wherever they stand in it; the names of functions are not among them. */
export function columnNames(expression: Expression): Name[] {
  switch (expression.type) {
    case "name":
      return [expression];
    case "call":
      return expression.arguments.flatMap(columnNames);
    case "unary":
      return columnNames(expression.operand);
    case "binary":
      return [...columnNames(expression.left), ...columnNames(expression.right)];
    case "random":
      return [...columnNames(expression.effects), ...columnNames(expression.group)];
    default:
      return [];
  }
}

/** The columns that the formulas of a model's predictors read, each once, in their order. */
export function predictorColumns(ast: Pick<ModelAst, "predictors">): string[] {
  checkArgument(withPredictors, ast, "predictorColumns", "ast");
  return [...new Set(ast.predictors.flatMap(({ formula }) => columnNames(formula).map(({ name }) => name)))];
}

const withPredictors = objectWith("not-a-model", "a model as parseModel, glmm or fromFormula returns it", {
  predictors: "list",
});
