import type { Column, Table } from "../data/Table.js";
import { columnNames } from "../design/columnNames.js";
import type { Expression } from "../language/ast.js";
import { expandFormula } from "../language/expand.js";
import { printExpression } from "../language/printExpression.js";
import type { ExpandedFormula } from "../language/terms.js";
import type { Fitted } from "../predict/Fitted.js";
import type { Level } from "../summary/Estimands.js";
import type { ModelVariable } from "./ModelVariable.js";

/** A number with as many values is taken over them, as a factor is: 0 and 1 of a treatment have no mean that means anything. */
const FEW = 2;

/** Calls that make a factor of a column, or order its levels. */
const makesFactor: readonly string[] = ["factor", "relevel", "sum"];

/** The columns that the predictors of a model read, and after them those of grouping factors alone. */
export function modelVariables({ ast, design, table }: Pick<Fitted, "ast" | "design" | "table">): ModelVariable[] {
  const lines = ast.predictors.map(({ formula }) => expandFormula(formula).formula);
  const roles = new Map<string, ModelVariable["role"]>();
  const found = (role: ModelVariable["role"], expressions: readonly Expression[]) => {
    for (const { name } of expressions.flatMap(columnNames)) if (!roles.has(name)) roles.set(name, role);
  };
  found("mean", covariates({ ...lines[0], offsets: [] }));
  found("offset", covariates(lines[0]));
  for (const line of lines.slice(1)) found("other", covariates(line));
  for (const line of lines)
    found(
      "group",
      line.random.flatMap(({ group }) => group.map((one) => one.expression)),
    );
  const uses = lines.flatMap(covariates);
  return [...roles].flatMap(([name, role]) => {
    const column = table.columns.get(name);
    if (column === undefined) return [];
    const known = fittedLevels(uses, name, new Map(design.recipe.factors));
    return [described({ name, column, role }, uses, known, design.rowIndex)];
  });
}

/** The parameter other than the mean's in whose line a variable is: `phi`. */
export function lineOnlyWith({ ast }: Pick<Fitted, "ast">, name: string): string | null {
  const isIn = (formula: Expression) =>
    covariates(expandFormula(formula).formula).some((one) => columnNames(one).some((column) => column.name === name));
  return ast.predictors.slice(1).find(({ formula }) => isIn(formula))?.parameter.name ?? null;
}

/** The grouping factor that a variable is part of; null where it is part of none. */
export function groupingWith({ ast }: Pick<Fitted, "ast">, name: string): string | null {
  const groups = ast.predictors.flatMap(({ formula }) =>
    expandFormula(formula).formula.random.map(({ group }) => group),
  );
  const isPart = (group: (typeof groups)[number]) =>
    group.some(({ expression }) => columnNames(expression).some((column) => column.name === name));
  const found = groups.find(isPart);
  return found === undefined ? null : found.map(({ expression }) => printExpression(expression)).join(":");
}

/** What a formula's terms, offsets and the covariates of its random effects are made of. */
function covariates({ terms, offsets, random }: ExpandedFormula): Expression[] {
  const variables = [...terms, ...random.flatMap((one) => one.terms)].flatMap((term) => term.variables);
  return [...variables, ...offsets].map(({ expression }) => expression);
}

function described(
  { name, column, role }: Pick<ModelVariable, "name" | "column" | "role">,
  uses: readonly Expression[],
  known: readonly string[] | null,
  rows: Int32Array,
): ModelVariable {
  const isFactor = role === "group" || uses.some((use) => hasAsFactor(use, name, column));
  if (isFactor || !hasNumbers(column)) {
    const levels = inOrder(distinctLevels(column, rows), known);
    return { name, column, role, kind: "factor", levels, isOverLevels: true, range: null };
  }
  const values = Array.from(rows, (row) => numberAt(column, row));
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const isOverLevels = distinct.length <= FEW;
  const levels = isOverLevels ? distinct : [values.reduce((sum, value) => sum + value, 0) / values.length];
  const range = [distinct[0], distinct[distinct.length - 1]] as const;
  return { name, column, role, kind: "number", levels, isOverLevels, range };
}

/** Whether an expression takes a column as a factor: a text by its bare name, and whatever stands directly in factor(). */
function hasAsFactor(expression: Expression, name: string, column: Column): boolean {
  switch (expression.type) {
    case "name":
      return expression.name === name && column.kind === "text";
    case "call": {
      const { callee } = expression;
      const [first] = expression.arguments;
      if (makesFactor.includes(callee.name) && first?.type === "name" && first.name === name) return true;
      // The numbers of a text that looks like numbers are asked for in arithmetic.
      const isInner = first?.type === "name" && first.name === name;
      return !isInner && expression.arguments.some((argument) => hasAsFactor(argument, name, column));
    }
    default:
      return false;
  }
}

function hasNumbers(column: Column): boolean {
  return column.kind === "number" || column.kind === "date" || (column.kind === "text" && column.label !== undefined);
}

/** The value of a row, as the variable is taken: its number, or its level. */
export function valueAt({ kind, column }: ModelVariable, row: number): Level {
  return kind === "number" ? numberAt(column, row) : levelAt(column, row);
}

/** The number of a row; a date's days since 1970-01-01. */
function numberAt(column: Column, row: number): number {
  if (column.kind === "number") return column.values[row];
  if (column.kind === "date") return column.days[row];
  return column.kind === "text" ? (column.label?.numbers[column.codes[row]] ?? Number.NaN) : Number.NaN;
}

/** The level of a row. */
function levelAt(column: Column, row: number): Level {
  if (column.kind === "number") return column.values[row];
  return column.kind === "unusable" ? "" : column.levels[column.codes[row]];
}

function distinctLevels(column: Column, rows: Int32Array): Level[] {
  const found = [...new Set(Array.from(rows, (row) => levelAt(column, row)))];
  if (column.kind === "number") return found.sort((a, b) => Number(a) - Number(b));
  const order = column.kind === "unusable" ? [] : column.levels;
  return found.sort((a, b) => order.indexOf(String(a)) - order.indexOf(String(b)));
}

/** The levels of the fit's first factor that is this column alone. */
function fittedLevels(
  uses: readonly Expression[],
  name: string,
  factors: ReadonlyMap<string, { readonly levels: readonly string[] }>,
): readonly string[] | null {
  const codes = uses.filter((use) => columnOf(use) === name).map((use) => factors.get(printExpression(use)));
  return codes.find((code) => code !== undefined)?.levels ?? null;
}

function columnOf(expression: Expression): string | null {
  if (expression.type === "name") return expression.name;
  const isOrder = expression.type === "call" && makesFactor.includes(expression.callee.name);
  return isOrder ? columnOf(expression.arguments[0]) : null;
}

function inOrder(levels: readonly Level[], known: readonly string[] | null): Level[] {
  if (known === null) return [...levels];
  const place = (level: Level) => {
    const found = known.indexOf(String(level));
    return found < 0 ? known.length : found;
  };
  return [...levels].sort((a, b) => place(a) - place(b));
}

/** A table's columns by which other rows are coded: each variable with the value of each row. */
export function tableOf(
  name: string,
  rows: number,
  columns: readonly { readonly variable: ModelVariable; readonly values: readonly Level[] }[],
): Table {
  return {
    name,
    rows,
    columns: new Map(columns.map(({ variable, values }) => [variable.name, columnWith(variable, values)])),
  };
}

function columnWith({ column, kind }: ModelVariable, values: readonly Level[]): Column {
  if (column.kind === "date" && kind === "number")
    return { ...column, days: Float64Array.from(values, Number), codes: new Int32Array(values.length) };
  if (column.kind === "number" || column.kind === "unusable" || kind === "number")
    return { kind: "number", values: Float64Array.from(values, Number) };
  const places = new Map(column.levels.map((level, code) => [level, code]));
  const codes = Int32Array.from(values, (value) => places.get(String(value)) ?? -1);
  if (column.kind === "text") return { ...column, codes };
  const days = new Map(Array.from(column.codes, (code, row) => [code, column.days[row]]));
  return { ...column, codes, days: Float64Array.from(codes, (code) => days.get(code) ?? Number.NaN) };
}
