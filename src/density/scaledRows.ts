import type { FamilyKernel } from "../family/Family.js";
import { log } from "../math/special/elementary.js";
import { LOG_SQRT_TWO_PI } from "../math/special/normalDistribution.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";
import { type ResponseRows, responseRows } from "./responseRows.js";

/** Rows of equal variance that stand for rows with precision weights, and the kernel that serves them. */
export interface ScaledRows {
  readonly response: ResponseModel;
  readonly data: PredictorData;
  readonly kernel: FamilyKernel | undefined;
}

/** Precision weights, and what the log density of each row is besides; null for nothing. */
export interface WeightedRows {
  readonly weights: Float64Array;
  readonly constants: Float64Array | null;
}

/**
 * Rows of known errors s_i and likelihood weights w_i as rows of sigma 1 and precision weights w_i / s_i^2:
 * w log normal(y; eta, s) = log normal(y; eta, s / sqrt(w)) - (log w + (w - 1) log(2 pi s^2)) / 2.
 */
export function knownErrors(weights: Float64Array, errors: Float64Array): WeightedRows {
  return {
    weights: weights.map((w, i) => w / errors[i] / errors[i]),
    constants: weights.map((w, i) => -0.5 * log(w) - (w - 1) * (LOG_SQRT_TWO_PI + log(errors[i]))),
  };
}

/** The model of rows with these precision weights in place of their own weights and errors. */
export function precisionRows(model: ResponseModel, { weights, constants }: WeightedRows): ResponseModel {
  const response = { ...model.response, weights, errors: null, weighting: "precision" as const };
  const rows = responseRows(model.family, model.row, response);
  return { ...model, response, rows: constants === null ? rows : withConstants(rows, constants) };
}

function withConstants(rows: ResponseRows, constants: Float64Array): ResponseRows {
  return {
    ...rows,
    evaluate(i, eta, phi, order, out) {
      rows.evaluate(i, eta, phi, order, out);
      out.value += constants[i];
    },
  };
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
  { weights, constants }: WeightedRows,
): ScaledRows {
  const roots = weights.map(Math.sqrt);
  const logRoots = roots.map((root, i) => log(root) + (constants?.[i] ?? 0));
  const constant = logRoots.reduce((sum, value) => sum + value, 0);
  const response = { ...model.response, values: product(model.response.values, roots), weights: null, errors: null };
  const rows = responseRows(model.family, model.row, response);
  return {
    response: { ...model, response, constant, rows: withConstants(rows, logRoots) },
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
