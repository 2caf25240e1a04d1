import type { Table } from "../data/Table.js";
import type { Expression } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import { columnNames } from "./columnNames.js";
import type { CodingMemory } from "./DesignRecipe.js";
import type { Value } from "./Value.js";

/** The rows of a table that variables are evaluated on, and where problems go. */
export interface Evaluation {
  readonly table: Table;
  /** Length n: rows of the table, none of them missing a value. */
  readonly rows: Int32Array;
  readonly problems: Problem[];
  /** What the coding of variables takes from the rows of a fit; absent where nothing else is coded like these rows. */
  readonly memory?: CodingMemory;
  /** The day that dates count from, in days since 1970-01-01. Default: the first day of those that the expression reads. */
  readonly dateOrigin?: number;
}

/** An evaluation that also evaluates the operands and arguments of an expression. */
export interface OperandEvaluation extends Evaluation {
  /** The operand's value; null if it has none, and then the problem has been reported. */
  evaluate(operand: Expression): Value | null;
  /** The numbers of an operand of `within` that must be numeric; null where it is not, and then the problem has been reported. */
  numbers(operand: Expression, within: Expression): Float64Array | null;
}

/** The values as a column, unless one of them is not finite: then the first such row of the table is reported. */
export function finite(values: Float64Array, expression: Expression, evaluation: Evaluation): Value | null {
  const { rows, problems } = evaluation;
  let worst = -1;
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]) && (worst < 0 || rows[i] < rows[worst])) worst = i;
  if (worst < 0) return { kind: "number", values };
  const message = `${printExpression(expression)} is ${values[worst]} in row ${rows[worst] + 1}`;
  const where = expression.type === "name" ? "" : circumstances(expression, rows[worst], evaluation.table);
  problems.push(errorAt("not-finite", expression.span, message + where, "a model takes finite numbers"));
  return null;
}

/** ", where x is 1 and y is 0" */
function circumstances(expression: Expression, row: number, table: Table): string {
  const names = [...new Set(columnNames(expression).map(({ name }) => name))];
  const parts = names.flatMap((name) => {
    const column = table.columns.get(name);
    return column?.kind === "number" ? [`${name} is ${column.values[row]}`] : [];
  });
  return parts.length === 0 ? "" : `, where ${parts.join(" and ")}`;
}
