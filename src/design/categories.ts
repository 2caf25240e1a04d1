import type { Column } from "../data/Table.js";
import type { Expression } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import { refuseUnusable } from "./columnValue.js";
import type { Evaluation } from "./Evaluation.js";
import { evaluator } from "./evaluate.js";
import { gather } from "./gather.js";
import { nameOf } from "./nameOf.js";
import { noteAt } from "./problems.js";

/** A response that is one of several categories. */
export interface Categories {
  /** Length n: the number of each row's category, from 1. */
  readonly values: Float64Array;
  /** In their order. */
  readonly names: readonly string[];
}

/** More distinct numbers than this are measurements. */
const MOST_CATEGORIES = 50;

/**
 * The categories of a response: numbers in their order, texts in code-point order, or in that which `factor(y, "low", "high")` gives. Categories without rows are left out,
 * with a note. Null where there is a problem.
 */
export function readCategories(expression: Expression, isOrdered: boolean, evaluation: Evaluation): Categories | null {
  const found = levelsOf(expression, evaluation);
  if (found === null) return null;
  const name = nameOf(expression);
  const rowsOf = new Int32Array(found.names.length);
  for (const code of found.codes) rowsOf[code]++;
  const used = found.names.flatMap((_, code) => (rowsOf[code] > 0 ? [code] : []));
  const fail = (message: string, hint: string) => {
    evaluation.problems.push(errorAt("categories", expression.span, message, hint));
    return null;
  };
  if (used.length < 2) return fail(`${name} has one category in the rows used`, "an ordered response has at least two");
  if (used.length > MOST_CATEGORIES) {
    const hint = "take a family of measurements or counts, or group the values";
    return fail(`${name} has ${used.length} different values, too many for categories`, hint);
  }
  const unused = found.names.filter((_, code) => rowsOf[code] === 0);
  if (unused.length > 0) {
    const message = `categories of ${name} without rows are left out: ${unused.join(", ")}`;
    evaluation.problems.push(noteAt("unused-categories", expression.span, message));
  }
  if (isOrdered && expression.type === "name" && evaluation.table.columns.get(expression.name)?.kind === "text") {
    const names = used.map((code) => found.names[code]);
    const quoted = names.map((each) => JSON.stringify(each)).join(", ");
    const message = `the categories of ${name} are in the order ${names.join(" < ")}, that of their characters; factor(${name}, ${quoted}) sets another`;
    evaluation.problems.push(noteAt("category-order", expression.span, message));
  }
  const numbers = new Map(used.map((code, k) => [code, k + 1]));
  return {
    values: Float64Array.from(found.codes, (code) => numbers.get(code) ?? 0),
    names: used.map((code) => found.names[code]),
  };
}

/** What a response is called: `factor(rating, "low", "high")` by its column. */
export function responseName(expression: Expression): string {
  const isFactor = expression.type === "call" && expression.callee.name === "factor";
  const [column] = isFactor ? expression.arguments : [];
  return nameOf(column?.type === "name" ? column : expression);
}

interface Levels {
  readonly names: readonly string[];
  /** Length n: positions among the names. */
  readonly codes: ArrayLike<number> & Iterable<number>;
}

function levelsOf(expression: Expression, evaluation: Evaluation): Levels | null {
  if (expression.type === "name") {
    const column = evaluation.table.columns.get(expression.name);
    return column === undefined ? null : ofColumn(column, expression, evaluation);
  }
  const value = evaluator(evaluation)({ name: nameOf(expression), expression });
  if (value === null) return null;
  if (value.kind === "factor") return { names: value.levels, codes: value.codes };
  return value.kind === "number" ? ofNumbers(value.values) : null;
}

function ofColumn(
  column: Column,
  expression: Extract<Expression, { type: "name" }>,
  evaluation: Evaluation,
): Levels | null {
  switch (column.kind) {
    case "number":
      return ofNumbers(gather(column.values, evaluation.rows));
    case "text":
      return { names: column.levels, codes: gather(column.codes, evaluation.rows) };
    case "unusable":
      return refuseUnusable(expression, column, evaluation);
    case "date": {
      const message = `the response ${expression.name} is a date, which is no category`;
      evaluation.problems.push(errorAt("date-response", expression.span, message));
      return null;
    }
  }
}

function ofNumbers(values: Float64Array): Levels {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const places = new Map(distinct.map((value, k) => [value, k]));
  return { names: distinct.map(String), codes: Int32Array.from(values, (value) => places.get(value) ?? 0) };
}
