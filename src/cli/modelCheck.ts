import {
  type Column,
  type Design,
  describeColumn,
  type ModelAst,
  type PreparedModel,
  type Problem,
  placeName,
  printExpression,
  type Table,
} from "../index.js";
import type { CheckProblem, GroupCheck, ModelCheck } from "../report/checkReport.js";
import { priorLine } from "../report/fitFacts.js";
import { predictorLines, predictorName, randomEffectLines, responseLine } from "./equations.js";

/** What `marginalia check` tells of a model that can be fitted, its equations at most `width` characters wide. */
export function modelCheck(prepared: PreparedModel, table: Table, width: number): ModelCheck {
  const { ast, design, compiled, problems, notes } = prepared;
  return {
    response: responseLine(ast),
    predictors: predictorLines(prepared, width),
    randomEffects: randomEffectLines(prepared, width),
    priors: compiled.priors.map(priorLine),
    rows: design.rows,
    droppedRows: design.droppedRows.length,
    categories: design.response.categories && {
      names: design.response.categories,
      isOrdered: compiled.family.thresholds !== undefined,
    },
    columns: design.predictors.map((part) => ({ parameter: predictorName(part), names: part.columns })),
    factors: treatmentFactors(ast, table, design),
    groups: design.predictors.flatMap((part) => part.factors.map((_, f) => groupCheck(part, f))),
    table: [...table.columns].map(([name, column]) => ({ name, read: describeColumn(name, column) })),
    notes: notes.map(({ message }) => message),
    problems: problems.filter(({ severity }) => severity !== "note").map((problem) => checkProblem(problem, ast)),
  };
}

function checkProblem({ severity, message, hint, span }: Problem, { source }: ModelAst): CheckProblem {
  return {
    severity: severity === "error" ? severity : "warning",
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(span === undefined || source === undefined ? {} : { place: placeName(source, span.start) }),
  };
}

type Expression = ModelAst["predictors"][number]["formula"];

/** Columns that stand in a formula as factors with treatment contrasts: text by itself, and anything in factor(). */
function treatmentFactors({ predictors }: ModelAst, table: Table, design: Design): ModelCheck["factors"] {
  const columns = design.predictors.flatMap((part) => part.columns);
  const found = new Map<string, readonly string[]>();
  for (const expression of predictors.flatMap(({ formula }) => variables(formula))) {
    const isCall = expression.type === "call" && expression.callee.name === "factor";
    const inner = isCall ? expression.arguments[0] : expression;
    if (inner?.type !== "name") continue;
    const column = table.columns.get(inner.name);
    if (column === undefined || (column.kind !== "text" && !isCall)) continue;
    const named = isCall ? expression.arguments.slice(1).map(printExpression) : [];
    found.set(printExpression(expression), named.length > 0 ? named.map(unquoted) : levelsIn(column, design.rowIndex));
  }
  return [...found].map(([name, levels]) => ({
    name,
    levels,
    reference: columns.includes(`${name}.${levels[0]}`) ? null : (levels[0] ?? null),
  }));
}

/** A level as it is named in a call. */
function unquoted(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text;
}

/** Names and calls among the fixed and random effects; grouping factors are told apart. */
function variables(expression: Expression): Expression[] {
  switch (expression.type) {
    case "unary":
      return variables(expression.operand);
    case "binary":
      return [...variables(expression.left), ...variables(expression.right)];
    case "random":
      return variables(expression.effects);
    default:
      return [expression];
  }
}

/** In the design's order: numbers ascending, text by code point. */
function levelsIn(column: Column, rows: Int32Array): string[] {
  if (column.kind === "unusable") return [];
  const values = column.kind === "number" ? column.values : column.codes;
  const used = [...new Set(Array.from(rows, (row) => values[row]))].sort((a, b) => a - b);
  return used.map((value) => (column.kind === "number" ? String(value) : column.levels[value]));
}

function groupCheck({ factors }: Design["predictors"][number], f: number): GroupCheck {
  const { name, levels, levelIndex, parent } = factors[f];
  const rows = new Int32Array(levels.length);
  for (const level of levelIndex) rows[level]++;
  return {
    name,
    levels: levels.length,
    smallest: rows.reduce((a, b) => Math.min(a, b)),
    largest: rows.reduce((a, b) => Math.max(a, b)),
    nestedIn: parent === null ? null : factors[parent.factor].name,
  };
}
