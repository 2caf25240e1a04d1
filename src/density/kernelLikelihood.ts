import type { ResponseDesign } from "../design/Design.js";
import type { FamilyKernel } from "../family/Family.js";
import { loadKernel } from "../kernel/loader.js";
import type { PredictorMemory } from "../kernel/PredictorMemory.js";
import type { Likelihood } from "./Likelihood.js";
import type { PredictorData } from "./PredictorData.js";

/** The likelihood by a fused SIMD kernel: one linear predictor, at most one scalar dispersion. Its memory has room for so many bytes more. */
export function kernelLikelihood(
  kernel: FamilyKernel,
  response: ResponseDesign,
  data: PredictorData,
  scalar: number | null,
  roomBytes = 0,
): Likelihood & { readonly memory: PredictorMemory } {
  const model = {
    kernel: kernel.name,
    rows: data.rows,
    X: data.X,
    columns: data.columns,
    offset: data.offset,
    response: response.values,
    trials: response.trials,
    factors: data.factors,
  };
  const module = loadKernel(model, roomBytes);
  const remainder = kernel.remainder(response.values, response.trials);
  const dispersion = new Float64Array(scalar === null ? 0 : 1).fill(scalar ?? 0);
  const dispersionGradient = new Float64Array(dispersion.length);
  const out = { dDispersion: 0 };
  return {
    memory: module,
    predictors: [module],
    dispersion,
    dispersionGradient,
    evaluate() {
      const phi = dispersion.length > 0 ? dispersion[0] : 1;
      const value = module.logLikelihoodGradient(phi) + remainder(phi, out);
      if (dispersion.length > 0) dispersionGradient[0] = module.dispersionGradient + out.dDispersion;
      return value;
    },
  };
}
