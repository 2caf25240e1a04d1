import { checkArgument } from "../argument/checkArgument.js";
import type { TableInput } from "../data/toTable.js";
import { aFit, aModelToFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { throwIfAborted } from "../math/steps.js";
import { ResultError } from "../posterior/ResultError.js";
import type { RowDraws } from "../summary/Prediction.js";
import { askedRows, checkPrediction } from "./askedRows.js";
import { completePredictOptions, type PredictOptions } from "./options.js";

/** Milliseconds of work after which other work has its turn. */
const TURN = 20;

/**
 * What `predict` sums up of each row, draw by draw: the rows one after the other in the order of the table, so that one is held at a time. Draws are those of the posterior, in its order; where they have
 * weights these are told. Throws as `predict`, and ResultError for maximum likelihood, which has no draws.
 */
export async function* predictDraws(
  fit: Fit | MlFit,
  data: TableInput | null,
  options: PredictOptions,
): AsyncGenerator<RowDraws, void> {
  checkArgument(aFit, fit, "predictDraws", "fit");
  const { now, giveWay, signal, onProgress } = inThisThread(completePredictOptions(options, fit.engine));
  refuseEstimates(fit);
  const { effects, columns, rows, order, ensemble, values } = askedRows(fit, data, options);
  let turnStart = Number.NEGATIVE_INFINITY;
  for (const [done, i] of order.entries()) {
    throwIfAborted(signal);
    if (now() - turnStart > TURN) {
      onProgress?.({ stage: "predicting draws", done, total: rows.rows });
      await giveWay();
      turnStart = now();
    }
    const outs = columns.map(() => new Float64Array(ensemble.size));
    values.at(i, outs);
    yield {
      row: rows.rowIndex[i],
      isNew: effects === "conditional" && values.hasNewLevel(i),
      quantities: columns.map(({ name }, k) => ({ name, values: outs[k] })),
      weights: ensemble.weights,
    };
  }
}

/** Before a model is fitted: whether draws of rows can be predicted so. Throws as `predictDraws` does once it is fitted. */
export async function checkPredictDraws(
  model: ModelToFit,
  data: TableInput | null,
  options: Partial<PredictOptions>,
): Promise<void> {
  checkArgument(aModelToFit, model, "checkPredictDraws", "model");
  refuseEstimates(model);
  await checkPrediction(model, data, options);
}

/** Throws ResultError for maximum likelihood. */
function refuseEstimates({ engine }: Pick<ModelToFit, "engine">): void {
  if (engine !== "ml") return;
  throw new ResultError(
    "no-draws",
    "maximum likelihood has estimates with standard errors, and no draws of what it predicts",
    "take the intervals of predict, or an engine with a posterior (nuts, laplace, inla)",
  );
}
