import type { Design } from "../design/Design.js";
import type { FamilyKernel } from "../family/Family.js";
import type { PredictorData } from "./PredictorData.js";
import type { ParameterSource } from "./parameterSources.js";
import type { ResponseModel } from "./plainLikelihood.js";
import { knownErrors, precisionRows, scaledRows } from "./scaledRows.js";
import { weightedRows } from "./weightedRows.js";

/** A sigma of 1. */
function known({ name, support }: ParameterSource): ParameterSource {
  return { name, support, kind: "fixed", value: 1 };
}

/** The rows as engines see them, and the kernel that serves them; there is none for weights or errors that it cannot take into its rows, nor for censoring and truncation. */
export function servedRows(
  { predictors, scalars, response: { weights, errors, weighting, censoring, truncation } }: Design,
  original: ResponseModel,
  unscaled: readonly PredictorData[],
): {
  readonly response: ResponseModel;
  readonly data: readonly PredictorData[];
  readonly kernel: FamilyKernel | undefined;
} {
  if (censoring !== null || truncation !== null) return { response: original, data: unscaled, kernel: undefined };
  const kernel = unscaled.length === 1 ? original.family.kernels?.[predictors[0].link] : undefined;
  if (weights === null && errors === null) return { response: original, data: unscaled, kernel };
  const plain = { response: original, data: unscaled, kernel: undefined };
  if (weights === null || unscaled.length > 1) return plain;
  if (errors === null && weighting === "likelihood" && kernel?.weighted !== undefined) {
    const { data, ...weighted } = weightedRows(original, unscaled[0], kernel, kernel.weighted, weights);
    return { ...weighted, data: [data] };
  }
  const isKnown = errors !== null && scalars.at(0)?.fixed === 0;
  if (!isKnown && (errors !== null || weighting === "likelihood")) return plain;
  const weighted = isKnown ? knownErrors(weights, errors) : { weights, constants: null };
  // Errors that are known stand in the rows' weights beside a sigma of 1.
  const model = isKnown ? { ...original, parameters: original.parameters.map(known) } : original;
  if (predictors[0].link !== "identity") return { ...plain, response: precisionRows(model, weighted) };
  const { data, ...scaled } = scaledRows(model, unscaled[0], kernel, weighted);
  return { ...scaled, data: [data] };
}
