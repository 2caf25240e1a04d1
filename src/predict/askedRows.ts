import { checkArgument } from "../argument/checkArgument.js";
import type { TableInput } from "../data/toTable.js";
import type { NewRows } from "../design/applyDesign.js";
import { refuseProblems } from "../engine/checkOptions.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { aModelToFit } from "../fit/aFit.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import type { PredictionScale } from "../summary/Prediction.js";
import type { Ensemble } from "./Ensemble.js";
import { coefficientRow, estimability } from "./estimability.js";
import { defaultLevelOf, type Fitted } from "./Fitted.js";
import { fittedEnsemble } from "./fittedEnsemble.js";
import { type IntervalScale, intervalScale } from "./intervalScale.js";
import { completePredictOptions, type PredictOptions, quantitiesOf } from "./options.js";
import { categoryQuantities, namedResponse } from "./quantities/categoryQuantities.js";
import { parseQuantities } from "./quantities/parseQuantities.js";
import type { Quantity } from "./quantities/Quantity.js";
import { quantityProblems } from "./quantities/quantityProblems.js";
import { type RowQuantities, rowQuantities } from "./quantities/rowQuantities.js";
import { valuesOnScale } from "./quantities/valuesOnScale.js";
import { checkBeside } from "./rowParameters.js";
import { rowsToPredict } from "./rowsToPredict.js";
import type { RowValues } from "./rowValues.js";

/** What is asked of rows, and what answers it. */
export interface AskedRows extends Pick<PredictOptions, "effects"> {
  /** Null where quantities are asked for. */
  readonly scale: PredictionScale | null;
  readonly level: number;
  /** The quantities by their names, or the scale. */
  readonly columns: readonly AskedColumn[];
  readonly rows: NewRows;
  /** Length m: the rows in the order of the table. */
  readonly order: Int32Array;
  readonly ensemble: Ensemble;
  readonly values: RowQuantities;
  readonly notes: readonly string[];
}

export interface AskedColumn {
  readonly name: string;
  /** Whether it is no smooth function of the parameters, so that the delta method says nothing of it. */
  readonly isStep: boolean;
  /** The scale on which intervals of maximum likelihood are symmetric; null where they are symmetric as they are, and for a posterior. */
  readonly interval: IntervalScale | null;
}

/** Checks what is asked of the rows of a table, or of a fit's own where `data` is null. Throws as `predict`. */
export function askedRows(fit: Fitted, data: TableInput | null, options: Partial<PredictOptions>): AskedRows {
  const { effects, scale, seed, level = defaultLevelOf(fit) } = completePredictOptions(options, fit.engine);
  const quantities = quantitiesAsked(fit, options, scale);
  const isOfResponse = quantities.length > 0 || scale === "response";
  const applied = rowsToPredict(fit, data, effects === "conditional", isOfResponse);
  const { rows } = applied;
  const notes = [...applied.notes, ...(data === null ? [] : notDetermined(fit, rows))];
  const ensemble = fittedEnsemble(fit, level);
  const how = { effects, seed: String(seed) };
  const isOfScale = quantities.length === 0;
  const columns = isOfScale ? [asked(fit, { name: scale, kind: scale })] : quantities.map((one) => asked(fit, one));
  return {
    ...{ effects, scale: isOfScale ? scale : null, level, columns, rows, ensemble },
    values: isOfScale
      ? alone(valuesOnScale(fit, rows, ensemble, { ...how, scale }))
      : rowQuantities(fit, rows, ensemble, { ...how, quantities }),
    order: Int32Array.from(rows.rowIndex.keys()).sort((a, b) => rows.rowIndex[a] - rows.rowIndex[b]),
    notes: [
      ...notes,
      ...(isOfResponse ? withoutPrecision(fit, rows) : []),
      ...(columns.some(({ isStep }) => isStep) ? [noErrors] : []),
    ],
  };
}

/** Before a model is fitted: whether rows can be predicted so. Throws as `predict` does once it is fitted. */
export async function checkPrediction(
  model: ModelToFit,
  data: TableInput | null,
  options: Partial<PredictOptions>,
): Promise<void> {
  checkArgument(aModelToFit, model, "checkPrediction", "model");
  const { effects, scale } = completePredictOptions(options, model.engine);
  const isOfResponse = quantitiesAsked(model, options, scale).length > 0 || scale === "response";
  const { rows } = rowsToPredict(model, data, effects === "conditional", isOfResponse);
  if (isOfResponse) checkBeside(model, rows);
}

/** What is to be said of new rows that take part in coefficients which the data of the fit do not determine. */
function notDetermined(fit: Fitted, rows: NewRows): string[] {
  const isEstimable = estimability(fit);
  const found = rows.rowIndex.filter((_, i) => !isEstimable(coefficientRow(rows, i)));
  if (found.length === 0) return [];
  const first = found.reduce((least, row) => Math.min(least, row)) + 1;
  return [
    `the data of the fit do not determine the linear predictor of ${found.length} of ${rows.rows} rows, first row ${first}: they take part in combinations of levels that no row of the fit has, or in coefficients that have no estimate, which count as 0`,
  ];
}

/** New responses vary by weights that their rows may not have. */
function withoutPrecision({ design: { response } }: Fitted, { weights }: NewRows): string[] {
  const isMissing = response.weights !== null && response.weighting === "precision" && weights === null;
  return isMissing ? ["the rows have no weights, which the rows of the fit have: each counts as one of weight 1"] : [];
}

const noErrors =
  "a quantile of counts is no smooth function of the estimates: it has no standard error by the delta method; engines with a posterior have its interval";

/** Those that are asked for; on the scale of means, of a response that is one of several categories, the probability of each. */
function quantitiesAsked(
  fit: Pick<ModelToFit, "design" | "compiled">,
  options: Partial<PredictOptions>,
  scale: PredictionScale,
): Quantity[] {
  const { design, compiled } = fit;
  const quantities = parseQuantities(quantitiesOf(options), namedResponse(fit));
  refuseProblems(quantityProblems(quantities, compiled.family));
  if (quantities.length > 0 || design.response.categories === null) return quantities;
  if (scale === "response") refuseProblems([responsesOfCategories(design.response.name)]);
  return scale === "mean" ? categoryQuantities(design) : [];
}

function responsesOfCategories(name: string): OptionProblem {
  return {
    option: "scale",
    code: "conflict",
    message: `scale is response, and new responses of ${name} are categories, which have no mean and no interval; take scale mean, which has the probability of each, or simulate, which draws them`,
  };
}

function asked(
  fit: Fitted,
  { name, kind }: { readonly name: string; readonly kind: Quantity["kind"] | PredictionScale },
): AskedColumn {
  const { family, meanLink } = fit.compiled;
  const isMl = "ml" in fit;
  return {
    name,
    isStep: isMl && kind === "quantile" && family.cumulative?.isDiscrete === true,
    interval: isMl ? intervalScale(kind, family, meanLink.name) : null,
  };
}

function alone({ at, variance, hasNewLevel }: RowValues): RowQuantities {
  return { at: (i, [out]) => at(i, out), variance, hasNewLevel };
}
