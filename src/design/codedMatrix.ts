import type { Span } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import type { Term } from "../language/terms.js";
import { isLong, runSync, type Steps } from "../math/steps.js";
import { type CodedVariable, codeVariable, indicatorCoded } from "./coding.js";
import type { Evaluator } from "./evaluate.js";
import { counted } from "./problems.js";
import type { FactorValue, Value } from "./Value.js";

/** A sum of terms as a matrix: the X of a predictor, or the Z of a random term. */
export interface CodedMatrix {
  /** Rows n of the matrix. */
  readonly rows: number;
  /** n x p, column-major. */
  readonly matrix: Float64Array;
  /** Length p. */
  readonly columns: readonly string[];
  /** 0, or -1 where there is none. */
  readonly interceptColumn: number;
  readonly terms: readonly CodedTerm[];
}

export interface CodedTerm {
  readonly span: Span | undefined;
  readonly firstColumn: number;
  readonly columnCount: number;
  /** Of a main effect of a factor: its levels, and whether the columns, with the intercept, span all their indicators. */
  readonly factor: { readonly name: string; readonly value: FactorValue; readonly spansLevels: boolean } | null;
  /** "post:trt" */
  readonly name: string;
  /** The names of its variables, and how each is coded in it. */
  readonly variables: readonly string[];
  readonly parts: readonly CodedVariable[];
}

/** What a matrix is for, in words, and its place in the text. */
export interface Place {
  /** "in the formula for mu", "in the effects over subject" */
  readonly where: string;
  readonly span: Span | undefined;
}

/**
 * The most numbers in a design matrix, and in its triangular factor: 2 GiB of doubles, half of what WebAssembly's memory
 * can hold.
 */
const mostElements = 2 ** 28;

/** The columns of an intercept and terms, or null where a variable has no value or the matrix is too large. */
export function codeMatrix(...matrix: Parameters<typeof codeMatrixSteps>): CodedMatrix | null {
  return runSync(codeMatrixSteps(...matrix));
}

/** `codeMatrix`, with a pause after each column where the table is long. */
export function* codeMatrixSteps(
  intercept: boolean,
  terms: readonly Term[],
  variables: Evaluator,
  rows: number,
  place: Place,
  problems: Problem[],
): Steps<CodedMatrix | null> {
  const values = yield* evaluateAll(terms, variables, rows, problems);
  if (values === null) return null;
  const products = codeProducts(intercept, terms, values);
  const width = products.reduce((sum, { columnCount }) => sum + columnCount, intercept ? 1 : 0);
  if (width * Math.max(rows, width) > mostElements) {
    problems.push(tooWide(products, width, rows, place));
    return null;
  }
  const columns = [...(intercept ? ["Intercept"] : []), ...products.flatMap(({ parts }) => productNames(parts))];
  if (hasRepeatedName(columns, place, problems)) return null;
  const matrix = new Float64Array(rows * width);
  if (intercept) matrix.fill(1, 0, rows);
  for (const { parts, firstColumn } of products) yield* fillProducts(parts, matrix.subarray(firstColumn * rows), rows);
  for (const [j, name] of columns.entries()) {
    if (hasOverflow(matrix.subarray(j * rows, (j + 1) * rows), name, place, problems)) return null;
    if (isLong(rows)) yield;
  }
  return { rows, matrix, columns, interceptColumn: intercept ? 0 : -1, terms: products };
}

/** Codes the variables of each term and lays the terms out side by side. */
function codeProducts(intercept: boolean, terms: readonly Term[], values: ReadonlyMap<string, Value>): CodedTerm[] {
  const indicators = indicatorCoded(intercept, terms, ({ name }) => values.get(name)?.kind === "factor");
  let firstColumn = intercept ? 1 : 0;
  return terms.map(({ variables, span }, t) => {
    const names = variables.map((variable) => variable.name);
    const name = names.join(":");
    const parts = variables.flatMap((variable, v) => {
      const value = values.get(variable.name);
      return value === undefined ? [] : [codeVariable(variable.name, value, indicators[t][v])];
    });
    const columnCount = parts.reduce((count, part) => count * part.names.length, 1);
    const value = variables.length === 1 ? values.get(name) : undefined;
    const spansLevels = intercept || indicators[t][0];
    const factor = value?.kind === "factor" ? { name, value, spansLevels } : null;
    firstColumn += columnCount;
    return { name, variables: names, parts, span, firstColumn: firstColumn - columnCount, columnCount, factor };
  });
}

/** The values of all variables by name, or null if one has none; a factor must have two levels. */
function* evaluateAll(
  terms: readonly Term[],
  variables: Evaluator,
  rows: number,
  problems: Problem[],
): Steps<Map<string, Value> | null> {
  const values = new Map<string, Value>();
  let complete = true;
  for (const { variables: factors, span } of terms) {
    for (const variable of factors) {
      if (values.has(variable.name)) continue;
      const value = variables(variable);
      if (isLong(rows)) yield;
      if (value === null) complete = false;
      else values.set(variable.name, value);
      if (value?.kind !== "factor" || value.levels.length > 1) continue;
      complete = false;
      const message = `the factor ${variable.name} has one level in the rows used, "${value.levels[0]}"`;
      problems.push(errorAt("one-level", variable.expression.span ?? span, message, "leave it out of the formula"));
    }
  }
  return complete ? values : null;
}

/** For each column of a product the columns of its parts; the first variable's vary fastest, as in R. */
export function combinations(parts: readonly CodedVariable[]): number[][] {
  let tuples: number[][] = [[]];
  for (const { names } of parts) tuples = names.flatMap((_, k) => tuples.map((tuple) => [...tuple, k]));
  return tuples;
}

function productNames(parts: readonly CodedVariable[]): string[] {
  return combinations(parts).map((tuple) => tuple.map((k, v) => parts[v].names[k]).join(":"));
}

/** Fills the first columns of a block with those of a product. */
function* fillProducts(parts: readonly CodedVariable[], block: Float64Array, rows: number): Steps<void> {
  for (const [c, tuple] of combinations(parts).entries()) {
    const column = block.subarray(c * rows, (c + 1) * rows).fill(1);
    tuple.forEach((k, v) => {
      parts[v].multiplyBy(k, column);
    });
    if (isLong(rows)) yield;
  }
}

function tooWide(products: readonly CodedTerm[], width: number, rows: number, place: Place): Problem {
  const widest = products.reduce((wide, product) => (product.columnCount > wide.columnCount ? product : wide));
  const message = `${counted(width, "column")} for ${counted(rows, "row")} ${place.where}, more than fit in 2 GiB`;
  const hint = `most come of ${widest.name}; a column that names groups stands behind a bar: (1 | ${widest.name})`;
  return errorAt("too-wide", widest.span ?? place.span, message, hint);
}

/** A numeric column may be called as the level of a factor is printed, or "Intercept". */
function hasRepeatedName(columns: readonly string[], place: Place, problems: Problem[]): boolean {
  const seen = new Set<string>();
  const repeated = columns.find((name) => seen.size === seen.add(name).size);
  if (repeated === undefined) return false;
  const message = `two coefficients ${place.where} would be called ${repeated}`;
  problems.push(errorAt("repeated-name", place.span, message, "rename a column of the data"));
  return true;
}

/** The variables are finite; their products need not be. */
function hasOverflow(column: Float64Array, name: string, place: Place, problems: Problem[]): boolean {
  let row = 0;
  while (row < column.length && Number.isFinite(column[row])) row++;
  if (row === column.length) return false;
  problems.push(errorAt("overflow", place.span, `${name} overflows ${place.where}`, "rescale its variables"));
  return true;
}
