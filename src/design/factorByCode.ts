import { quote } from "../data/DataError.js";
import type { Column } from "../data/Table.js";
import type { Expression } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import { didYouMean } from "../language/suggest.js";
import { refuseUnusable } from "./columnValue.js";
import type { FactorCode } from "./DesignRecipe.js";
import type { Evaluation } from "./Evaluation.js";
import type { FactorValue, Value } from "./Value.js";

/** Calls that change the order of levels or their contrasts, and not which level a row has. */
const reorderings: readonly string[] = ["factor", "relevel", "sum"];

/** Of an expression that is neither a column nor such a call. */
type Evaluate = (expression: Expression) => Value | null;

/** A factor on other rows, by the levels that it had in the fit; one that it had not is a problem. */
export function factorByCode(
  expression: Expression,
  code: FactorCode,
  evaluation: Evaluation,
  evaluate: Evaluate,
): FactorValue | null {
  const texts = levelTexts(expression, evaluation, evaluate);
  if (texts === null) return null;
  const positions = new Map(code.levels.map((level, position) => [level, position]));
  const codes = Int32Array.from(texts, (text) => positions.get(text) ?? -1);
  const unknown = codes.indexOf(-1);
  if (unknown < 0) return { kind: "factor", codes, ...code };
  const { rows, problems } = evaluation;
  const row = rows[unknown] + 1;
  const message = `${printExpression(expression)} is ${quote(texts[unknown])} in row ${row}, a level that the fit has not`;
  problems.push(errorAt("unknown-level", expression.span, message, didYouMean(texts[unknown], code.levels, "levels")));
  return null;
}

/** The level of each row as a text; null where the expression has no value, which has been reported. */
export function levelTexts(expression: Expression, evaluation: Evaluation, evaluate: Evaluate): string[] | null {
  const { table, rows } = evaluation;
  if (expression.type === "call" && reorderings.includes(expression.callee.name))
    return levelTexts(expression.arguments[0], evaluation, evaluate);
  const column = expression.type === "name" ? table.columns.get(expression.name) : undefined;
  if (column?.kind === "text" || column?.kind === "date") return Array.from(rows, (row) => textAt(column, row));
  if (expression.type === "name" && column?.kind === "unusable") return refuseUnusable(expression, column, evaluation);
  const value = evaluate(expression);
  return value?.kind === "number" ? Array.from(value.values, String) : null;
}

function textAt({ codes, levels }: Extract<Column, { readonly kind: "text" | "date" }>, row: number): string {
  return levels[codes[row]];
}
