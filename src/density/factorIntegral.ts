import type { FamilyKernel } from "../family/Family.js";
import { FactorKernel, factorKernelNames } from "../kernel/FactorKernel.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import type { FactorIntegral } from "./NodeLayout.js";
import type { PredictorData } from "./PredictorData.js";
import type { ResponseModel } from "./plainLikelihood.js";

/** So many nodes take next to no memory where effects are intercepts: others have scratch for each node and row of a level. */
const NODES_OF_INTERCEPTS = 256;

/** See `LatentGaussian.factorIntegral`: loaded when it is first asked for, and again where it has not room enough. */
export function factorIntegral(
  kernel: FamilyKernel | undefined,
  { response: { values, trials } }: ResponseModel,
  mean: PredictorData,
): LatentGaussian["factorIntegral"] {
  if (kernel === undefined || !factorKernelNames.includes(kernel.name) || mean.factors.length !== 1) return () => null;
  const load = (nodes: number): FactorIntegral => {
    const module = new FactorKernel({ ...mean, kernel: kernel.name, response: values, trials }, nodes);
    const constant = kernel.remainder(values, trials)(1, { dDispersion: 0 });
    return {
      module,
      integrate: ({ beta, Lambda: [Lambda] }, nodes, wanted) =>
        constant + module.integrate(beta, Lambda, nodes, wanted),
    };
  };
  const leastNodes = mean.factors[0].Z === null ? NODES_OF_INTERCEPTS : 1;
  let loaded: FactorIntegral | null = null;
  return (nodes) => {
    if (loaded === null || loaded.module.mostNodes < nodes) loaded = load(Math.max(nodes, leastNodes));
    return loaded;
  };
}
