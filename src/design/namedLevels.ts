import type { Column, Table } from "../data/Table.js";
import type { Call, Expression } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import { printExpression } from "../language/printExpression.js";
import { counted, noteAt } from "./problems.js";

/** Levels that a note lists. */
const shownLevels = 6;

/** `factor(x, "low", "mid")`: a column with its levels named, in their order; rows with other levels are left out, as in R. */
interface NamedLevels {
  readonly call: Call;
  readonly column: Column;
  readonly levels: readonly string[];
}

/** The levels that a call of factor() names, or null where an argument is neither a text nor a number. */
export function levelArguments({ arguments: [, ...levels] }: Call): string[] | null {
  const texts = levels.map(levelText);
  return texts.every((text) => text !== null) ? texts : null;
}

function levelText(level: Expression): string | null {
  if (level.type === "string" || level.type === "number") return String(level.value);
  const isNegative = level.type === "unary" && level.operator === "-" && level.operand.type === "number";
  return isNegative ? printExpression(level) : null;
}

/** The calls of factor() that name the levels of a column, wherever they stand in an expression. */
function namedLevels(expression: Expression, table: Table): NamedLevels[] {
  switch (expression.type) {
    case "call": {
      const inner = expression.arguments.flatMap((argument) => namedLevels(argument, table));
      const [argument] = expression.arguments;
      const levels = expression.callee.name === "factor" ? levelArguments(expression) : null;
      const column = argument?.type === "name" ? table.columns.get(argument.name) : undefined;
      if (levels === null || levels.length === 0 || column === undefined) return inner;
      return [...inner, { call: expression, column, levels }];
    }
    case "unary":
      return namedLevels(expression.operand, table);
    case "binary":
      return [...namedLevels(expression.left, table), ...namedLevels(expression.right, table)];
    default:
      return [];
  }
}

/** Marks the rows with levels that a factor() does not name as incomplete, and notes how many they are. */
export function leaveOutOtherLevels(
  expressions: readonly Expression[],
  table: Table,
  incomplete: Uint8Array,
  problems: Problem[],
): void {
  for (const { call, column, levels } of expressions.flatMap((expression) => namedLevels(expression, table))) {
    const others = new Map<string, number>();
    const kept = new Set(levels.map((level) => levelKey(column, level)));
    for (let row = 0; row < table.rows; row++) {
      const level = levelIn(column, row);
      if (level === null || kept.has(level)) continue;
      others.set(level, (others.get(level) ?? 0) + 1);
      incomplete[row] = 1;
    }
    if (others.size === 0) continue;
    const rows = [...others.values()].reduce((sum, count) => sum + count, 0);
    const listed = [...others.keys()].slice(0, shownLevels).join(", ");
    const more = others.size > shownLevels ? ", ..." : "";
    const message = `${printExpression(call)} leaves out ${counted(rows, "row")} with other levels: ${listed}${more}`;
    problems.push(noteAt("other-levels", call.span, message));
  }
}

/** A number is the same level however it is written. */
export function levelKey(column: Column | undefined, level: string): string {
  return column?.kind === "number" && level.trim() !== "" ? String(Number(level)) : level;
}

function levelIn(column: Column, row: number): string | null {
  if (column.kind === "unusable") return null;
  if (column.kind === "number") return Number.isNaN(column.values[row]) ? null : String(column.values[row]);
  return column.codes[row] < 0 ? null : column.levels[column.codes[row]];
}
