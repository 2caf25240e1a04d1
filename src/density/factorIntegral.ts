import type { FamilyKernel } from "../family/Family.js";
import { FactorKernel, factorKernelNames, type StandardNodes, type WantedOfFactor } from "../kernel/FactorKernel.js";
import type { Steps } from "../math/steps.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import type { LatentValues } from "./LatentValues.js";
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
    return { module, ...integrals(module, constant) };
  };
  const leastNodes = mean.factors[0].Z === null ? NODES_OF_INTERCEPTS : 1;
  let loaded: FactorIntegral | null = null;
  return (nodes) => {
    if (loaded === null || loaded.module.mostNodes < nodes) loaded = load(Math.max(nodes, leastNodes));
    return loaded;
  };
}

/** An integral whose outputs stand in the module. */
interface Computed extends WantedOfFactor {
  readonly beta: Float64Array;
  readonly Lambda: Float64Array;
  readonly nodes: StandardNodes;
  readonly value: number;
}

function integrals(module: FactorKernel, constant: number): Pick<FactorIntegral, "integrate" | "inAdvance"> {
  let computed: Computed | null = null;
  return {
    integrate({ beta, Lambda: [Lambda] }, nodes, wanted) {
      const known = computed;
      computed = null;
      if (known !== null && isSame(known, { ...wanted, beta, Lambda, nodes, value: known.value })) return known.value;
      return constant + module.integrate(beta, Lambda, nodes, wanted);
    },
    inAdvance: (values, nodes, wanted) => (module.isLong(nodes) ? compute(values, nodes, wanted) : null),
  };

  function* compute(
    { beta, Lambda: [Lambda] }: LatentValues,
    nodes: StandardNodes,
    wanted: WantedOfFactor,
  ): Steps<void> {
    computed = null;
    const at = { ...wanted, beta: beta.slice(), Lambda: Lambda.slice(), nodes };
    const value = constant + (yield* module.integrateInParts(at.beta, at.Lambda, nodes, wanted));
    computed = { ...at, value };
  }
}

function isSame(one: Computed, other: Computed): boolean {
  const areEqual = (a: Float64Array, b: Float64Array) => a.every((x, i) => x === b[i]);
  return (
    one.nodes === other.nodes &&
    one.derivatives === other.derivatives &&
    one.moments === other.moments &&
    areEqual(one.beta, other.beta) &&
    areEqual(one.Lambda, other.Lambda)
  );
}
