import { checkArgument } from "../argument/checkArgument.js";
import type { TableInput } from "../data/toTable.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Estimate } from "../summary/Estimate.js";
import type { PredictedQuantity, Prediction } from "../summary/Prediction.js";
import { type AskedRows, askedRows } from "./askedRows.js";
import type { Fitted } from "./Fitted.js";
import { completePredictOptions, type PredictOptions } from "./options.js";

/**
 * Predictions from a fit by any engine, which give way to other work: of the rows of a table, coded as the fit coded its own, or of the fit's own rows where `data` is null. Throws OptionsError for
 * options, DataError for what is no table, ModelError for quantities that cannot be read and for rows that the model cannot take (unknown columns, levels that fixed effects have not), ResultError where
 * draws were not kept, and the signal's reason once it is aborted.
 */
export async function predict(fit: Fit | MlFit, data: TableInput | null, options: PredictOptions): Promise<Prediction> {
  checkArgument(aFit, fit, "predict", "fit");
  return runSteps(predictSteps(fit, data, options), inThisThread(completePredictOptions(options, fit.engine)));
}

function* predictSteps(fit: Fitted, data: TableInput | null, options: PredictOptions): Steps<Prediction> {
  const asked = askedRows(fit, data, options);
  const { effects, scale, level, rows, order, ensemble, values, notes } = asked;
  const quantities = asked.columns.map(({ name }) => emptyQuantity(name, rows.rows));
  const isOfTrials = scale !== null; // a mean as a scale is that of a single trial
  const isNew = new Uint8Array(rows.rows);
  const outs = quantities.map(() => new Float64Array(ensemble.size));
  for (const [to, i] of order.entries()) {
    yield { stage: "predicting", done: to, total: rows.rows };
    values.at(i, outs);
    const ofRow = { variance: values.variance(i), trials: isOfTrials ? 1 : (rows.trials?.[i] ?? 1) };
    for (const [k, column] of quantities.entries()) {
      const { estimate, sd, lower, upper } = known(asked, k, outs[k], ofRow);
      column.estimate[to] = estimate;
      column.sd[to] = sd;
      column.lower[to] = lower;
      column.upper[to] = upper;
    }
    isNew[to] = Number(effects === "conditional" && values.hasNewLevel(i));
  }
  const { name, ...first } = quantities[0];
  const row = order.map((i) => rows.rowIndex[i]);
  return { effects, scale, level, row, ...first, quantities, isNew, droppedRows: rows.droppedRows, notes };
}

function emptyQuantity(name: string, rows: number): PredictedQuantity {
  const column = () => new Float64Array(rows);
  return { name, estimate: column(), sd: column(), lower: column(), upper: column() };
}

/** What is known of column k of a row from its values; `trials` of the row. */
function known({ scale, columns, ensemble }: AskedRows, k: number, values: Float64Array, row: Row): Estimate {
  const { isStep, interval } = columns[k];
  const { variance, trials } = row;
  const found = ensemble.estimate(values, variance);
  const estimate = scale === "response" ? ensemble.mean(values) : found.estimate;
  if (isStep) return { estimate, sd: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  if (interval === null) return { ...found, estimate };
  const { lower, upper } = ensemble.estimate(
    values.map((value) => interval.to(value, trials)),
    variance,
  );
  // At the end of a scale, as at a probability of 1, there is none.
  if (!(Number.isFinite(lower) && Number.isFinite(upper))) return found;
  return { ...found, lower: interval.from(lower, trials), upper: interval.from(upper, trials) };
}

interface Row {
  /** The variance of the linear predictor for its random effects given all parameters. */
  readonly variance: number;
  readonly trials: number;
}
