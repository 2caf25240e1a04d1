import type { Table } from "../data/Table.js";
import type { NewRows } from "../design/applyDesign.js";
import { columnNames } from "../design/columnNames.js";
import { codingMemory } from "../design/DesignRecipe.js";
import { evaluator } from "../design/evaluate.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { expandFormula } from "../language/expand.js";
import { printExpression } from "../language/printExpression.js";
import type { Variable } from "../language/terms.js";
import { mean } from "../math/moments.js";
import type { EstimandSetting } from "../summary/Estimands.js";
import type { ReferenceGrid } from "./referenceGrid.js";

/** Whether a grid gives no values for what the offset of the mean is made of, so that the offset stands at its own mean over the rows used. */
export function isOffsetAtMean(
  fit: ModelToFit,
  { dimensions, given }: Pick<ReferenceGrid, "dimensions" | "given">,
): boolean {
  const names = offsetsOf(fit).flatMap(({ expression }) => columnNames(expression).map(({ name }) => name));
  const isGiven = (name: string) => given.has(name) || dimensions.some(({ variable }) => variable.name === name);
  return names.length > 0 && !names.some(isGiven);
}

/** The rows of a grid with its offset at the mean over the rows of the fit, in place of its value at the means of its variables. */
export function withOffsetAtMean(fit: ModelToFit, table: Table, rows: NewRows): NewRows {
  const atMean = meanOffset(fit);
  const own = offsetOn(fit, table, rows.rowIndex);
  const [first, ...others] = rows.predictors;
  const offset = first.offset?.map((value, i) => value - own[i] + atMean) ?? null;
  return { ...rows, predictors: [{ ...first, offset }, ...others] };
}

/** The offset as a setting tells it. */
export function offsetSetting(fit: ModelToFit, grid: ReferenceGrid, isOverRows: boolean): EstimandSetting["offset"] {
  const offsets = offsetsOf(fit);
  if (offsets.length === 0) return null;
  const text = offsets.map(({ expression }) => printExpression(expression)).join(" + ");
  return { text, value: !isOverRows && isOffsetAtMean(fit, grid) ? meanOffset(fit) : null };
}

function offsetsOf({ ast }: ModelToFit): readonly Variable[] {
  return expandFormula(ast.predictors[0].formula).formula.offsets;
}

function meanOffset(fit: ModelToFit): number {
  return mean(offsetOn(fit, fit.table, fit.design.rowIndex));
}

/** The sum of the offsets that the formula writes, without what priors hold. */
function offsetOn(fit: ModelToFit, table: Table, rows: Int32Array): Float64Array {
  const variables = evaluator({ table, rows, problems: [], memory: codingMemory(fit.design.recipe) });
  const sum = new Float64Array(rows.length);
  for (const offset of offsetsOf(fit)) {
    const value = variables(offset);
    if (value?.kind === "number") for (let i = 0; i < sum.length; i++) sum[i] += value.values[i];
  }
  return sum;
}
