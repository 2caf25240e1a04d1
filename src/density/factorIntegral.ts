import type { FamilyKernel } from "../family/Family.js";
import { FactorKernel, factorKernelNames, type StandardNodes, type WantedOfFactor } from "../kernel/FactorKernel.js";
import { isLong, type Steps } from "../math/steps.js";
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
  const model = { ...mean, kernel: kernel.name, response: values, trials };
  const roomFor = (nodes: number) => Math.max(nodes, mean.factors[0].Z === null ? NODES_OF_INTERCEPTS : 1);
  const hasRoom = (nodes: number) => loaded !== null && loaded.module.mostNodes >= nodes;
  let loaded: FactorIntegral | null = null;
  let constant: number | null = null;
  const keep = (module: FactorKernel): FactorIntegral => {
    constant ??= kernel.remainder(values, trials)(1, { dDispersion: 0 });
    loaded = { module, ...integrals(module, constant) };
    return loaded;
  };
  const integral = (nodes: number) =>
    loaded !== null && hasRoom(nodes) ? loaded : keep(new FactorKernel(model, roomFor(nodes)));
  function* load(nodes: number): Steps<void> {
    keep(yield* FactorKernel.inParts(model, roomFor(nodes), loaded?.module.patterns));
    yield;
  }
  const inAdvance = (nodes: number) => (isLong(mean.rows) && !hasRoom(nodes) ? load(nodes) : null);
  return Object.assign(integral, { inAdvance });
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
