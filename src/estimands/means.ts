import { checkArgument } from "../argument/checkArgument.js";
import { refuseProblems } from "../engine/checkOptions.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { linkNamed } from "../family/links.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Fitted } from "../predict/Fitted.js";
import { fittedEnsemble } from "../predict/fittedEnsemble.js";
import type { QuantityDraws } from "../predict/QuantityDraws.js";
import { isOfCategories } from "../predict/quantities/categoryQuantities.js";
import type { EstimandSetting, LevelsByName, Means } from "../summary/Estimands.js";
import { type CellQuestion, type Cells, cellValues, gridRows, type KnownValues } from "./cellValues.js";
import { levelsText, named } from "./drawnNames.js";
import { estimandNumbers, type Telling } from "./estimandNumbers.js";
import { shownLevel } from "./givenLevels.js";
import { givenNotes } from "./givenNotes.js";
import { degreesOfFreedom } from "./linearTests.js";
import { offsetSetting } from "./offsets.js";
import { type CompleteMeansOptions, completeMeansOptions, type MeansOptions, settledEffects } from "./options.js";
import { combination, type ReferenceGrid, referenceGrid } from "./referenceGrid.js";
import { scaleName } from "./scaleName.js";

/**
 * Estimated marginal means of a fit by any engine, on a reference grid: factors over their levels, numbers with two values over these, other numbers at their
 * means or where they are given (Searle, Speed & Milliken 1980); or averages over the rows of the data.
 * Throws OptionsError for options, those naming unknown variables and levels included, ModelError where the model has no value at a cell, and the signal's reason once it is aborted.
 */
export async function means(fit: Fit | MlFit, options: MeansOptions = {}): Promise<Means> {
  checkArgument(aFit, fit, "means", "fit");
  const complete = completeMeansOptions(options);
  return runSteps(meansSteps(fit, complete), inThisThread(complete));
}

function* meansSteps(fit: Fitted, options: CompleteMeansOptions): Steps<Means> {
  const { grid, cells, told, setting } = yield* cellsOf(fit, options);
  const { link } = fit.design.predictors[0];
  const isTransformed = options.scale === "mean" && options.average === "link" && link !== "identity";
  const scale = isTransformed ? linkNamed(link) : null;
  const sums = cells.known.map(({ weights, isEstimable }) => (isEstimable ? weights : null));
  const degrees = yield* degreesOfFreedom(fit, cells.columns, sums);
  const rows = cells.known.map(({ values, isEstimable }, k) => ({
    levels: levelsOf(grid, k),
    ...estimandNumbers(told, isEstimable ? values : unknownValues(values), degrees[k], scale),
  }));
  return { ...setting, notes: [...setting.notes, ...notEstimableNotes(cells.known)], of: grid.of, by: grid.by, rows };
}

/** What `means` tells, at each value of the ensemble: `mean[trt=a]`. */
export function* meanDraws(fit: Fitted, options: CompleteMeansOptions): Steps<QuantityDraws[]> {
  const { grid, cells } = yield* cellsOf(fit, options);
  return cells.known.map(({ values }, k) => ({ name: named("mean", [levelsText(levelsOf(grid, k))]), values }));
}

/** Category numbers have no mean that means anything. */
export function withoutMean({
  design: { response },
  compiled: { family },
}: Pick<ModelToFit, "design" | "compiled">): OptionProblem[] {
  if (!isOfCategories(family)) return [];
  const message = `scale is mean, and ${response.name} is a category and no number; take scale link, the latent scale of the linear predictor, or predict, which has the probability of each category`;
  return [{ option: "scale", code: "conflict", message }];
}

/** The cells that options ask for, and what tells of them. */
export interface AskedCells {
  readonly grid: ReferenceGrid;
  readonly cells: Cells;
  readonly told: Telling;
  readonly setting: EstimandSetting;
}

/** What makes cells other than means of a grid: `shift` is added to a numeric variable, which then counts as given; `quantity`, of a new response, takes the place of the mean. */
type OtherCells = Pick<CellQuestion, "shift" | "quantity">;

/** The grid that options ask for, and how its cells are taken. Throws OptionsError where the model has not what they name. */
function askedGrid(model: ModelToFit, options: CompleteMeansOptions, { shift, quantity }: OtherCells) {
  const problems: OptionProblem[] = [];
  if (quantity === undefined && options.scale === "mean") refuseProblems(withoutMean(model));
  const settled = settledEffects(model, options, problems, quantity !== undefined);
  const { effects } = settled;
  // Of known levels a quantity is no function of averaged linear predictors.
  const isOfLevels = quantity !== undefined && effects === "conditional" && options.average === "link";
  const average = isOfLevels ? ("mean" as const) : options.average;
  const { of, by, at } = options;
  const question = { of, by, at, conditional: effects === "conditional", rows: average === "rows" };
  const whole = referenceGrid(model, question, problems);
  refuseProblems(problems);
  const grid = shift === undefined ? whole : { ...whole, given: new Set([...whole.given, shift.name]) };
  return { ...settled, average, grid };
}

/** Before a model is fitted: whether it has the cells that options ask for. Throws OptionsError, and ModelError where it has no value at one of them. */
export function checkCells(model: ModelToFit, options: CompleteMeansOptions, others: OtherCells = {}): ReferenceGrid {
  const { grid, average } = askedGrid(model, options, others);
  if (average !== "rows") gridRows(model, grid, others.shift);
  return grid;
}

export function* cellsOf(fit: Fitted, options: CompleteMeansOptions, others: OtherCells = {}): Steps<AskedCells> {
  const { effects, isFree, level, average, grid } = askedGrid(fit, options, others);
  const { weights, scale } = options;
  const isOverRows = average === "rows";
  const ensemble = fittedEnsemble(fit, level);
  const cells = yield* cellValues(fit, grid, { scale, average, weights, effects, seed: "1", ...others }, ensemble);
  return {
    grid,
    cells,
    told: { ensemble, level, isMl: "ml" in fit },
    setting: {
      engine: fit.engine,
      response: fit.design.response.name,
      link: fit.design.predictors[0].link,
      scaleName: scaleName(fit),
      scale,
      effects: isFree && effects !== "conditional" ? null : effects,
      average,
      weights,
      level,
      held: grid.held
        .filter(isTold)
        .map(({ name, value, how, variable }) => ({ name, value: shownLevel(variable, value), how })),
      averaged: grid.averaged.map(({ variable, levels }) => ({ name: variable.name, levels })),
      offset: offsetSetting(fit, grid, isOverRows),
      notes: [...givenNotes(fit, grid, others.quantity === undefined), ...cells.notes],
    },
  };
}

/** Whether a mean is any other for the value of a variable. */
function isTold({ variable: { role }, how }: ReferenceGrid["held"][number]): boolean {
  return how === "given" || role === "mean" || role === "group";
}

/** The levels of cell k by the names of their variables. */
export function levelsOf({ dimensions }: ReferenceGrid, k: number): LevelsByName {
  const levels = combination(dimensions, k);
  return Object.fromEntries(
    dimensions.map(({ variable }, d) => [variable.name, shownLevel(variable, levels[d])] as const),
  );
}

/** What a number is known by that the data do not determine. */
export function unknownValues(values: Float64Array): Float64Array {
  return values.map(() => Number.NaN);
}

/** What is to be said of numbers that the data do not determine. */
export function notEstimableNotes(known: readonly Pick<KnownValues, "isEstimable">[]): string[] {
  const count = known.filter(({ isEstimable }) => !isEstimable).length;
  if (count === 0) return [];
  return [
    `${count} of ${known.length} are not determined by the data: they take part in combinations of levels that no row has, or in coefficients that have no estimate`,
  ];
}
