import type { ResponseDesign } from "../design/Design.js";
import type { FamilyKernel } from "../family/Family.js";
import { loadKernel } from "../kernel/loader.js";
import type { PredictorMemory } from "../kernel/PredictorMemory.js";
import type { Likelihood } from "./Likelihood.js";
import type { PredictorData } from "./PredictorData.js";
import type { ParameterSource } from "./parameterSources.js";

/** The likelihood by a fused SIMD kernel: one linear predictor, at most one auxiliary parameter, which has none. Its memory has room for so many bytes more. */
export function kernelLikelihood(
  kernel: FamilyKernel,
  response: ResponseDesign,
  data: PredictorData,
  [source]: readonly ParameterSource[],
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
  const [scalars, scalarsGradient] = [0, 0].map(() => new Float64Array(source?.kind === "scalar" ? 1 : 0));
  const fixed = source?.kind === "fixed" ? source.value : 1;
  const out = { dDispersion: 0 };
  return {
    memory: module,
    predictors: [module],
    scalars,
    scalarsGradient,
    evaluate() {
      const phi = scalars.length > 0 ? scalars[0] : fixed;
      const value = module.logLikelihoodGradient(phi) + remainder(phi, out);
      if (scalars.length > 0) scalarsGradient[0] = module.dispersionGradient + out.dDispersion;
      return value;
    },
  };
}
