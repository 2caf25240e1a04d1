import type { TableInput } from "../data/toTable.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { mean as meanOf } from "../math/moments.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { Prediction } from "../summary/Prediction.js";
import { defaultLevelOf, type Fitted, fittedEnsemble } from "./fittedEnsemble.js";
import { completePredictOptions, type PredictOptions } from "./options.js";
import { rowsToPredict } from "./rowsToPredict.js";
import { rowValues } from "./rowValues.js";

/**
 * Predictions from a fit by any engine, which give way to other work: of the rows of a table, coded as the fit coded its own, or of the fit's own rows where `data` is null. Throws OptionsError for
 * options, DataError for what is no table, ModelError for rows that the model cannot take (unknown columns, levels that fixed effects have not), ResultError where draws were not kept, and the signal's reason once it is aborted.
 */
export async function predict(fit: Fit | MlFit, data: TableInput | null, options: PredictOptions): Promise<Prediction> {
  return runSteps(predictSteps(fit, data, options), inThisThread(options));
}

function* predictSteps(fit: Fitted, data: TableInput | null, options: PredictOptions): Steps<Prediction> {
  const { effects, scale, seed, level = defaultLevelOf(fit) } = completePredictOptions(options, fit.engine);
  const { rows, notes } = rowsToPredict(fit, data, effects === "conditional");
  const ensemble = fittedEnsemble(fit, level);
  const values = rowValues(fit, rows, ensemble, { effects, scale, seed: String(seed) });
  const order = Int32Array.from(rows.rowIndex.keys()).sort((a, b) => rows.rowIndex[a] - rows.rowIndex[b]);
  const column = () => new Float64Array(rows.rows);
  const found = { estimate: column(), sd: column(), lower: column(), upper: column() };
  const isNew = new Uint8Array(rows.rows);
  const out = new Float64Array(ensemble.size);
  for (const [to, i] of order.entries()) {
    yield { stage: "predicting", done: to, total: rows.rows };
    values.at(i, out);
    const { estimate, sd, lower, upper } = ensemble.estimate(out, values.variance(i));
    found.estimate[to] = scale === "response" ? meanOf(out) : estimate;
    found.sd[to] = sd;
    found.lower[to] = lower;
    found.upper[to] = upper;
    isNew[to] = Number(effects === "conditional" && values.hasNewLevel(i));
  }
  const row = order.map((i) => rows.rowIndex[i]);
  return { effects, scale, level, row, ...found, isNew, droppedRows: rows.droppedRows, notes };
}
