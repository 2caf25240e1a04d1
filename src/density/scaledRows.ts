import type { FamilyKernel } from "../family/Family.js";
import { log } from "../math/special/elementary.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";
import { responseRows } from "./responseRows.js";

/** Rows of equal variance that stand for rows with precision weights, and the kernel that serves them. */
export interface ScaledRows {
  readonly response: ResponseModel;
  readonly data: PredictorData;
  readonly kernel: FamilyKernel | undefined;
}

/**
 * Rows y_i ~ normal(eta_i, sigma / sqrt(w_i)) as rows of one sigma: sqrt(w_i) y_i ~ normal(sqrt(w_i) eta_i, sigma), whose log density is
 * less by log(w_i) / 2. All that serves one sigma, kernels included, then serves precision weights. `shift` of a view and its linear
 * predictors are those of the scaled rows.
 */
export function scaledRows(
  model: ResponseModel,
  data: PredictorData,
  kernel: FamilyKernel | undefined,
  weights: Float64Array,
): ScaledRows {
  const roots = weights.map(Math.sqrt);
  const logRoots = roots.map(log);
  const constant = logRoots.reduce((sum, value) => sum + value, 0);
  const response = { ...model.response, values: product(model.response.values, roots), weights: null };
  const rows = responseRows(model.family, model.row, response);
  return {
    response: {
      ...model,
      response,
      constant,
      rows: {
        ...rows,
        evaluate(i, eta, dispersion, order, out) {
          rows.evaluate(i, eta, dispersion, order, out);
          out.value += logRoots[i];
        },
      },
    },
    data: scaledData(data, roots),
    kernel: kernel && {
      name: kernel.name,
      remainder(y, trials) {
        const remainder = kernel.remainder(y, trials);
        return (dispersion, out) => remainder(dispersion, out) + constant;
      },
    },
  };
}

function scaledData(data: PredictorData, roots: Float64Array): PredictorData {
  return {
    ...data,
    X: product(data.X, roots),
    offset: data.offset && product(data.offset, roots),
    factors: data.factors.map((factor) => ({ ...factor, Z: factor.Z === null ? roots : product(factor.Z, roots) })),
  };
}

/** Columns of n rows, each row times its factor. */
function product(columns: Float64Array, factors: Float64Array): Float64Array {
  return columns.map((value, at) => value * factors[at % factors.length]);
}
