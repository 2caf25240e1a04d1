import type { Expression, Span } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { numbersOfLabel, refuseDoubt, refuseUnusable } from "./columnValue.js";
import type { Evaluation } from "./Evaluation.js";
import { numbers } from "./evaluate.js";
import { counted } from "./problems.js";

/** Arithmetic of columns, or a numeric column, for what is named `what`; `code` is that of a column of another type. */
export function numericColumn(
  expression: Expression,
  what: string,
  code: string,
  evaluation: Evaluation,
): Float64Array | null {
  if (expression.type !== "name") return numbers(expression, expression, evaluation);
  const { name, span } = expression;
  const column = evaluation.table.columns.get(name);
  if (column === undefined) return null;
  if (column.kind === "number") return numbers(expression, expression, evaluation);
  if (column.kind === "unusable") return refuseUnusable(expression, column, evaluation);
  const labelled = numbersOfLabel(expression, evaluation);
  if (labelled !== null) return labelled;
  if (column.kind === "text" && refuseDoubt(expression, column, evaluation, false)) return null;
  const message = `${name} is ${column.kind === "date" ? "a date" : "text"}, and ${what} are numbers`;
  evaluation.problems.push(errorAt(code, span, message));
  return null;
}

/** Reports the first row of the table with something wrong, and how many more there are; true if all are well. */
export function reportRows(
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
