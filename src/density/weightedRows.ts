import type { FamilyKernel } from "../family/Family.js";
import { log } from "../math/special/elementary.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";

/**
 * Rows with likelihood weights w, where these are rows of a kernel without (`FamilyKernel.weighted`): their responses times w beside w times
 * as many trials, or beside a linear predictor that has log w added to it. Linear predictors are those of such rows.
 */
export function weightedRows(
  model: ResponseModel,
  data: PredictorData,
  kernel: FamilyKernel,
  { name, by }: NonNullable<FamilyKernel["weighted"]>,
  weights: Float64Array,
): { readonly response: ResponseModel; readonly data: PredictorData; readonly kernel: FamilyKernel } {
  const { values, trials } = model.response;
  const weighted = values.map((y, i) => weights[i] * y);
  const logs = by === "offset" ? weights.map(log) : null;
  const constant =
    leftOut(kernel, model.response, weights) - (logs?.reduce((sum, x, i) => sum + weighted[i] * x, 0) ?? 0);
  return {
    response: {
      ...model,
      response: {
        ...model.response,
        values: weighted,
        trials: by === "trials" ? weights.map((w, i) => w * (trials?.[i] ?? 1)) : trials,
        weights: null,
      },
      rows: {
        ...model.rows,
        evaluate(i, eta, phi, order, out) {
          model.rows.evaluate(i, eta - (logs?.[i] ?? 0), phi, order, out);
        },
      },
    },
    data: logs === null ? data : { ...data, offset: logs.map((x, i) => x + (data.offset?.[i] ?? 0)) },
    kernel: {
      name,
      remainder: () => (_, out) => {
        out.dDispersion = 0;
        return constant;
      },
    },
  };
}

/** The weighted sum of what the kernel leaves out of each row. */
function leftOut(kernel: FamilyKernel, { values, trials }: ResponseModel["response"], weights: Float64Array): number {
  const out = { dDispersion: 0 };
  const ofRow = (i: number) =>
    kernel.remainder(values.subarray(i, i + 1), trials === null ? null : trials.subarray(i, i + 1))(1, out);
  return weights.reduce((sum, w, i) => sum + w * ofRow(i), 0);
}
