import type { NewRows } from "../design/applyDesign.js";
import { linkNamed } from "../family/links.js";
import type { Steps } from "../math/steps.js";
import type { Ensemble } from "../predict/Ensemble.js";
import type { Fitted } from "../predict/fittedEnsemble.js";
import { rowsToPredict } from "../predict/rowsToPredict.js";
import { rowValues } from "../predict/rowValues.js";
import type { EstimandSetting, Level } from "../summary/Estimands.js";
import { averagedRows } from "./averagedRows.js";
import { coefficientRow, estimability } from "./estimability.js";
import { tableOf, valueAt } from "./modelVariables.js";
import { isOffsetAtMean, withOffsetAtMean } from "./offsets.js";
import { combination, type Dimension, type ReferenceGrid, shares, sizeOf } from "./referenceGrid.js";

/** What a function of the parameters is known by. */
export interface KnownValues {
  /** At each value of an ensemble; NaN where the data do not determine it. */
  readonly values: Float64Array;
  /** The weights of the mean's coefficients in it, where it is a sum of them (and of an offset); null for another function. */
  readonly weights: Float64Array | null;
}

/** How the means of cells are taken. */
export interface CellQuestion extends Pick<EstimandSetting, "scale" | "average" | "weights"> {
  readonly effects: "conditional" | "marginal" | "zero";
  readonly seed: string;
}

/** The means of the cells of a grid, in the order of its combinations, with what is to be said of them. */
export interface Cells {
  readonly known: readonly KnownValues[];
  /** The names of the mean's columns, which their weights are of. */
  readonly columns: readonly string[];
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

function* overGrid(fit: Fitted, grid: ReferenceGrid, question: CellQuestion, ensemble: Ensemble): Steps<Cells> {
  const cells = sizeOf(grid.dimensions);
  const inner = sizeOf(grid.averaged);
  const names = [...grid.averaged, ...grid.dimensions];
  const combinations = Array.from({ length: cells * inner }, (_, k) => combination(names, k));
  const columns = [
    ...names.map(({ variable }, d) => ({ variable, values: combinations.map((levels) => levels[d]) })),
    ...grid.held.map(({ variable, value }) => ({ variable, values: combinations.map(() => value) })),
  ];
  const table = tableOf("the reference grid", combinations.length, columns);
  const applied = rowsToPredict(fit, table, grid.hasGroups);
  const rows = isOffsetAtMean(fit, grid) ? withOffsetAtMean(fit, table, applied.rows) : applied.rows;
  const { notes } = applied;
  const share = shares(grid, question.weights, fit);
  const known = yield* averages(fit, rows, share, question, ensemble);
  return { known, columns: rows.predictors[0].columns, notes };
}

/** Each cell over the rows of the fit, with the variables of the cell as they are asked for. */
function* overRows(fit: Fitted, grid: ReferenceGrid, question: CellQuestion, ensemble: Ensemble): Steps<Cells> {
  const { design, table } = fit;
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
    const applied = rowsToPredict(fit, tableOf(table.name, rows.length, columns), grid.hasGroups);
    for (const note of applied.notes) notes.add(note);
    const share = new Float64Array(rows.length).fill(1 / rows.length);
    names = applied.rows.predictors[0].columns;
    found.push(...(yield* averages(fit, applied.rows, share, question, ensemble)));
  }
  return { known: found, columns: names, notes: [...notes] };
}

/** The averages of rows, `shares.length` at a time. */
function* averages(
  fit: Fitted,
  rows: NewRows,
  share: Float64Array,
  { scale, average, effects, seed }: CellQuestion,
  ensemble: Ensemble,
): Steps<KnownValues[]> {
  const { link } = fit.design.predictors[0];
  const isOfLinks = scale === "link" || average === "link" || link === "identity";
  const isEstimable = estimability(fit);
  if (isOfLinks && effects !== "conditional") {
    const averaged = averagedRows(rows, share);
    const values = rowValues(fit, averaged, ensemble, { effects, scale, seed });
    const found: KnownValues[] = [];
    for (let k = 0; k < averaged.rows; k++) {
      yield { stage: "cells", done: k, total: averaged.rows };
      const weights = coefficientRow(averaged, k);
      const out = new Float64Array(ensemble.size);
      if (isEstimable(weights)) values.at(k, out);
      else out.fill(Number.NaN);
      found.push({ values: out, weights: scale === "link" || link === "identity" ? weights : null });
    }
    return found;
  }
  const { inverseLink } = linkNamed(link);
  const values = rowValues(fit, rows, ensemble, { effects, scale: isOfLinks ? "link" : scale, seed });
  const isTransformed = isOfLinks && scale === "mean";
  const out = new Float64Array(ensemble.size);
  const found = Array.from({ length: rows.rows / share.length }, () => new Float64Array(ensemble.size));
  for (let i = 0; i < rows.rows; i++) {
    yield { stage: "cells", done: i, total: rows.rows };
    const part = share[i % share.length];
    const sum = found[Math.floor(i / share.length)];
    if (part === 0) continue;
    if (isEstimable(coefficientRow(rows, i))) values.at(i, out);
    else out.fill(Number.NaN);
    for (let s = 0; s < out.length; s++) sum[s] += part * out[s];
  }
  return found.map((sum) => ({ values: isTransformed ? sum.map(inverseLink) : sum, weights: null }));
}

function unknown({ size }: Ensemble): KnownValues {
  return { values: new Float64Array(size).fill(Number.NaN), weights: null };
}
