import type { NewRows } from "../design/applyDesign.js";
import { linkNamed } from "../family/links.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import type { Steps } from "../math/steps.js";
import { ResultError } from "../posterior/ResultError.js";
import type { Ensemble } from "../predict/Ensemble.js";
import { coefficientRow, estimability, type IsEstimable } from "../predict/estimability.js";
import { type Fitted, isOnLinearPredictor } from "../predict/Fitted.js";
import type { Quantity } from "../predict/quantities/Quantity.js";
import { type RowQuantities, rowQuantities } from "../predict/quantities/rowQuantities.js";
import { valuesOnScale } from "../predict/quantities/valuesOnScale.js";
import { type RowsToPredict, rowsToPredict } from "../predict/rowsToPredict.js";
import type { RowValues } from "../predict/rowValues.js";
import type { EstimandSetting, Level } from "../summary/Estimands.js";
import { averagedRows } from "./averagedRows.js";
import { tableOf, valueAt } from "./modelVariables.js";
import { isOffsetAtMean, withOffsetAtMean } from "./offsets.js";
import { combination, type Dimension, type ReferenceGrid, shares, sizeOf } from "./referenceGrid.js";

/** What a function of the parameters is known by. */
export interface KnownValues {
  /** Length S: at each value of an ensemble. */
  readonly values: Float64Array;
  /** The weights of the mean's coefficients in the linear predictor that it is a function of; null where it is one of several. */
  readonly weights: Float64Array | null;
  /** Whether the data determine it. */
  readonly isEstimable: boolean;
}

/** How the means of cells are taken. */
export interface CellQuestion extends Pick<EstimandSetting, "scale" | "average" | "weights"> {
  readonly effects: "conditional" | "marginal" | "zero";
  readonly seed: string;
  /** Added to a numeric variable in every row. */
  readonly shift?: Shift | undefined;
  /** A number of the distribution of a new response, in the place of the mean. */
  readonly quantity?: Quantity | undefined;
}

/** A variable, and what is added to it. */
export interface Shift {
  readonly name: string;
  readonly by: number;
}

/** The means of the cells of a grid, in the order of its combinations, with what is to be said of them. */
export interface Cells {
  readonly known: readonly KnownValues[];
  /** The names of the mean's columns, which their weights are of. */
  readonly columns: readonly string[];
  /** Whether the data determine a weighted sum of linear predictors. */
  readonly isEstimable: IsEstimable;
  readonly notes: readonly string[];
}

/** Throws ModelError where the model has no value at a cell, as log(x) has none at x = -1. */
export function* cellValues(
  fit: Fitted,
  grid: ReferenceGrid,
  question: CellQuestion,
  ensemble: Ensemble,
): Steps<Cells> {
  return question.average === "rows"
    ? yield* overRows(fit, grid, question, ensemble)
    : yield* overGrid(fit, grid, question, ensemble);
}

/** The rows of a grid, what is averaged over varying fastest, coded as those of the fit. Throws ModelError where the model has no value at one of them. */
export function gridRows(model: ModelToFit, grid: ReferenceGrid, shift: Shift | undefined): RowsToPredict {
  const cells = sizeOf(grid.dimensions);
  const inner = sizeOf(grid.averaged);
  const names = [...grid.averaged, ...grid.dimensions];
  const combinations = Array.from({ length: cells * inner }, (_, k) => combination(names, k));
  const columns = [
    ...names.map(({ variable }, d) => ({ variable, values: combinations.map((levels) => levels[d]) })),
    ...grid.held.map(({ variable, value }) => ({ variable, values: combinations.map(() => value) })),
  ];
  const table = tableOf("the reference grid", combinations.length, shifted(columns, shift));
  const applied = rowsToPredict(model, table, grid.hasGroups);
  return isOffsetAtMean(model, grid) ? { ...applied, rows: withOffsetAtMean(model, table, applied.rows) } : applied;
}

function* overGrid(fit: Fitted, grid: ReferenceGrid, question: CellQuestion, ensemble: Ensemble): Steps<Cells> {
  const applied = gridRows(fit, grid, question.shift);
  const { rows } = applied;
  const notes = notesOf(applied);
  const share = shares(grid, question.weights, fit);
  const isEstimable = estimability(fit);
  const known = yield* averages(fit, rows, { ...question, share, isEstimable }, ensemble);
  return { known, columns: rows.predictors[0].columns, isEstimable, notes };
}

/** Each cell over the rows of the fit, with the variables of the cell as they are asked for. */
function* overRows(fit: Fitted, grid: ReferenceGrid, question: CellQuestion, ensemble: Ensemble): Steps<Cells> {
  const { design, table } = fit;
  const isEstimable = estimability(fit);
  const found: KnownValues[] = [];
  const notes = new Set<string>();
  let names: readonly string[] = [];
  for (let cell = 0; cell < sizeOf(grid.dimensions); cell++) {
    const levels = combination(grid.dimensions, cell);
    const isGroup = ({ variable }: Dimension) => grid.by.includes(variable.name) && !grid.given.has(variable.name);
    const groups = grid.dimensions.flatMap((dimension, d) =>
      isGroup(dimension) ? [{ dimension, level: levels[d] }] : [],
    );
    const rows = design.rowIndex.filter((row) =>
      groups.every(({ dimension: { variable }, level }) => valueAt(variable, row) === level),
    );
    if (rows.length === 0) {
      found.push(unknown(ensemble));
      continue;
    }
    const set = new Map<string, Level>(grid.dimensions.map(({ variable }, d) => [variable.name, levels[d]]));
    for (const { name, value } of grid.held) set.set(name, value);
    const columns = grid.variables.map((variable) => {
      const level = set.get(variable.name);
      return { variable, values: Array.from(rows, (row) => level ?? valueAt(variable, row)) };
    });
    const applied = rowsToPredict(
      fit,
      tableOf(table.name, rows.length, shifted(columns, question.shift)),
      grid.hasGroups,
    );
    for (const note of notesOf(applied)) notes.add(note);
    const share = new Float64Array(rows.length).fill(1 / rows.length);
    names = applied.rows.predictors[0].columns;
    found.push(...(yield* averages(fit, applied.rows, { ...question, share, isEstimable }, ensemble)));
  }
  return { known: found, columns: names, isEstimable, notes: [...notes] };
}

/** What coding the rows tells, and which of them are of levels that the fit has not. */
function notesOf({ rows, notes }: RowsToPredict): string[] {
  const anew = rows.predictors.flatMap(({ factors }) => factors.filter(({ levels, known }) => levels.length > known));
  const names = [...new Set(anew.map(({ name }) => name))];
  return [...notes, ...names.map((name) => `levels of ${name} that the fit has not have effects drawn anew`)];
}

interface AverageQuestion extends CellQuestion {
  readonly share: Float64Array;
  readonly isEstimable: IsEstimable;
}

/** The averages of rows, `share.length` at a time. */
function* averages(
  fit: Fitted,
  rows: NewRows,
  { scale, average, effects, seed, share, isEstimable, quantity }: AverageQuestion,
  ensemble: Ensemble,
): Steps<KnownValues[]> {
  const { link } = fit.design.predictors[0];
  const isLinear = quantity === undefined && isOnLinearPredictor(fit, scale);
  const isOfLinks = isLinear || average === "link";
  const valuesOf = (of: NewRows, on: "link" | "mean") =>
    quantity === undefined
      ? valuesOnScale(fit, of, ensemble, { effects, scale: on, seed })
      : ofQuantity(rowQuantities(fit, of, ensemble, { effects, seed, quantities: [quantity] }));
  if (isOfLinks && effects !== "conditional") {
    const averaged = averagedRows(rows, share);
    const ofAveraged = valuesOf(averaged, scale);
    const found: KnownValues[] = [];
    for (let k = 0; k < averaged.rows; k++) {
      yield { stage: "cells", done: k, total: averaged.rows };
      const weights = coefficientRow(averaged, k);
      const values = new Float64Array(ensemble.size);
      ofAveraged.at(k, values);
      found.push({ values, weights, isEstimable: isEstimable(weights) });
    }
    return found;
  }
  const { inverseLink } = linkNamed(link);
  const values = valuesOf(rows, isOfLinks ? "link" : scale);
  const isTransformed = isOfLinks && scale === "mean";
  if (isTransformed && fit.compiled.family.meanIsMu === false) throw withoutTransformation(fit.compiled.family.name);
  const out = new Float64Array(ensemble.size);
  const count = rows.rows / share.length;
  const found = Array.from({ length: count }, () => new Float64Array(ensemble.size));
  const known = new Array<boolean>(count).fill(true);
  for (let i = 0; i < rows.rows; i++) {
    yield { stage: "cells", done: i, total: rows.rows };
    const part = share[i % share.length];
    const sum = found[Math.floor(i / share.length)];
    if (part === 0) continue;
    values.at(i, out);
    known[Math.floor(i / share.length)] &&= isEstimable(coefficientRow(rows, i));
    for (let s = 0; s < out.length; s++) sum[s] += part * out[s];
  }
  return found.map((sum, k) => ({
    values: isTransformed ? sum.map(inverseLink) : sum,
    weights: null,
    isEstimable: known[k],
  }));
}

function ofQuantity({ at }: RowQuantities): Pick<RowValues, "at"> {
  return { at: (i, out) => at(i, [out]) };
}

function withoutTransformation(family: string): ResultError {
  return new ResultError(
    "no-mean",
    `averages of linear predictors over single levels do not give the mean of a response of the family ${family}, which takes its other parameters too`,
    "average means, or take effects that are marginal or zero",
  );
}

function unknown({ size }: Ensemble): KnownValues {
  return { values: new Float64Array(size).fill(Number.NaN), weights: null, isEstimable: false };
}

function shifted<Column extends { readonly variable: { readonly name: string }; readonly values: readonly Level[] }>(
  columns: readonly Column[],
  shift: Shift | undefined,
): Column[] {
  return columns.map((column) =>
    column.variable.name === shift?.name
      ? { ...column, values: column.values.map((value) => Number(value) + shift.by) }
      : column,
  );
}
