import type { TableInput } from "../data/toTable.js";
import { optionProblems, refuseProblems } from "../engine/checkOptions.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { didYouMean } from "../language/suggest.js";
import { mean as meanOf } from "../math/moments.js";
import { runSteps, type Steps } from "../math/steps.js";
import { defaultLevelOf, type Fitted, fittedEnsemble } from "./fittedEnsemble.js";
import { effectsChoices, type PredictOptions, predictSchema } from "./options.js";
import type { Prediction } from "./Prediction.js";
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
  checkOptions(fit, options);
  const { effects, scale = "mean", seed = 1 } = options;
  const { level = defaultLevelOf(fit) } = options;
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

function checkOptions(fit: Fitted, options: PredictOptions): void {
  const problems = optionProblems(predictSchema, options);
  const known = [...Object.keys(predictSchema), "effects", "signal", "onProgress"];
  for (const name of Object.keys(options).filter((given) => !known.includes(given)))
    problems.push({
      option: name,
      code: "unknown-option",
      message: `unknown option "${name}"; ${didYouMean(name, known, "options")}`,
    });
  if (!effectsChoices.includes(options.effects))
    problems.push({
      option: "effects",
      code: "not-allowed",
      message:
        "effects says what is made of the random effects, and has no default: conditional (the levels of the rows with their own effects, new levels drawn),\n" +
        "marginal (the mean over all levels that there might be), or zero (effects of zero: a typical level, on a curved scale not the mean)",
    });
  if (fit.engine === "ml" && options.scale === "response")
    problems.push({
      option: "scale",
      code: "conflict",
      message:
        "scale is response, of which maximum likelihood has no draws; take the mean, or an engine with a posterior",
    });
  refuseProblems(problems);
}
