import type { ModelToFit } from "../../fit/ModelToFit.js";
import type { Steps } from "../../math/steps.js";
import type { Fitted } from "../../predict/Fitted.js";
import type { LevelsByName } from "../../summary/Estimands.js";
import { type GivenLevels, givenEntries } from "../givenLevels.js";
import { type AskedCells, cellsOf, checkCells, levelsOf } from "../means.js";
import type { CompleteSolveOptions } from "./options.js";
import { solvedQuantity } from "./solvedQuantity.js";

/** The mean of a cell at values of a variable, at each value of an ensemble. */
export interface CellCurve {
  /** The levels of the other variables. */
  readonly levels: LevelsByName;
  /** Per value of the variable, length S. */
  readonly values: readonly Float64Array[];
}

/** The means of all cells at values of a variable. */
export interface MeanCurves extends Pick<AskedCells, "told" | "setting"> {
  readonly cells: readonly CellCurve[];
}

/** At two values or more, which differ. Throws what `means` throws. */
export function* meanCurves(fit: Fitted, options: CompleteSolveOptions, xs: readonly number[]): Steps<MeanCurves> {
  const { for: variable } = options;
  const { grid, cells, told, setting } = yield* cellsOf(fit, ...cellsAt(fit, options, xs));
  const places = new Map(xs.map((x, k) => [x, k]));
  const byLevels = new Map<string, { levels: LevelsByName; values: Float64Array[] }>();
  const ofVariable = grid.dimensions.findIndex((dimension) => dimension.variable.name === variable);
  cells.known.forEach(({ values }, k) => {
    const { [variable]: __x, ...levels } = levelsOf(grid, k);
    const key = JSON.stringify(levels);
    const cell = byLevels.get(key) ?? { levels, values: [] };
    const place = places.get(xOf(grid.dimensions, ofVariable, k)) ?? 0;
    cell.values[place] = values;
    byLevels.set(key, cell);
  });
  return { cells: [...byLevels.values()], told, setting };
}

/** Before a model is fitted: whether it has means at values of a variable. Throws OptionsError, and ModelError where it has no value at one of them. */
export function checkCurves(model: ModelToFit, options: CompleteSolveOptions, xs: readonly number[]): void {
  checkCells(model, ...cellsAt(model, options, xs));
}

/** What `cellsOf` is asked for. */
function cellsAt(model: Pick<ModelToFit, "design" | "compiled">, options: CompleteSolveOptions, xs: readonly number[]) {
  const { for: variable, at, target: _, range: __, quantity: ___, ...shared } = options;
  const quantity = solvedQuantity(model, options) ?? undefined;
  return [{ ...shared, of: [], at: withValues(at, variable, xs) }, { quantity }] as const;
}

/** The level of dimension d in combination k, the first varying fastest. */
function xOf(dimensions: AskedCells["grid"]["dimensions"], d: number, k: number): number {
  const before = dimensions.slice(0, d).reduce((count, { levels }) => count * levels.length, 1);
  const { levels } = dimensions[d];
  return Number(levels[Math.floor(k / before) % levels.length]);
}

/** Numbers stay what they are: those of a date are days since 1970-01-01. */
function withValues(at: GivenLevels, variable: string, xs: readonly number[]): GivenLevels {
  return { ...Object.fromEntries(givenEntries(at, [])), [variable]: xs };
}
