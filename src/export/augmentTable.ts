import type { Column } from "../data/Table.js";
import type { Signal } from "../engine/Signal.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { type Cell, csvLine } from "./csvLine.js";

/**
 * The lines of the data that were used, in their order, with `.fitted` (the mean given the random effects: of a binomial response the probability of a trial),
 * `.se.fit` and the ends of its interval, `.resid` (the response, divided by its trials, less `.fitted`) and `.fixed` (the linear predictor without random effects).
 */
export async function* augmentTable(fit: Fit | MlFit, signal: Signal | undefined): AsyncGenerator<string, void> {
  const { predict } = await import("../predict/predict.js");
  const mean = await predict(fit, null, { effects: "conditional", scale: "mean", signal });
  const fixed = await predict(fit, null, { effects: "zero", scale: "link", signal });
  const { response, rowIndex } = fit.design;
  const place = new Map(Array.from(rowIndex, (row, i) => [row, i]));
  const columns = [...fit.table.columns];
  const added = [".row", ".fitted", ".se.fit", ".lower", ".upper", ".resid", ".fixed"];
  yield csvLine([...columns.map(([name]) => name), ...added]);
  for (const [k, row] of mean.row.entries()) {
    const i = place.get(row) ?? Number.NaN;
    const observed = response.values[i] / (response.trials?.[i] ?? 1);
    const { estimate, sd, lower, upper } = mean;
    yield csvLine([
      ...columns.map(([, column]) => cellOf(column, row)),
      ...[row + 1, estimate[k], sd[k], lower[k], upper[k], observed - estimate[k], fixed.estimate[k]],
    ]);
  }
}

/** The cell of a row, from 0, as a text or a number; null where it is missing. */
export function cellOf(column: Column, row: number): Cell {
  if (column.kind === "unusable") return null;
  if (column.kind === "number") return column.values[row];
  return column.codes[row] < 0 ? null : column.levels[column.codes[row]];
}
