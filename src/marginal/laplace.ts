import type { LatentGaussian, LatentValues } from "../density/LatentGaussian.js";
import { effectsBlocks, effectsVectors } from "./BlockCholesky.js";
import { ModeChain } from "./chainModes.js";
import { type ConditionalModes, ModeSearch } from "./conditionalModes.js";
import { type EffectsHessian, effectsHessian } from "./EffectsHessian.js";
import { addOuter, standardDeviations } from "./effects.js";
import type { ConditionalEffects, MarginalLikelihood } from "./MarginalLikelihood.js";

/**
 * The likelihood with the random effects integrated out by Laplace's approximation, in any structure:
 * L = log p(y | b) - u'u/2 - 1/2 log|H| at the conditional modes u; the powers of 2 pi of the effects' density and of the integral cancel.
 *
 * The modes of the last evaluation that succeeded are where the next one starts. They are this object's only memory; they touch the
 * speed, and the value only by rounding or where a likelihood that is not concave has several modes.
 */
export interface LaplaceMarginal extends MarginalLikelihood {
  /** The modes of the last evaluation, in buffers that the next one overwrites; null before the first. */
  readonly modes: ConditionalModes | null;
  /** Holds the factor of H of the last evaluation, if that succeeded. */
  readonly hessian: EffectsHessian;
}

export function laplaceMarginal(view: LatentGaussian): LaplaceMarginal {
  const hessian = effectsHessian(view);
  const search = new ModeSearch(view, hessian);
  const chain = new ModeChain(view, hessian);
  const start = effectsVectors(view);
  const H = effectsBlocks(view);
  const crossed = effectsVectors(view);
  let modes: ConditionalModes | null = null;

  /** The adjoint of L: the modes are stationary, and d -1/2 log|H| = -1/2 H^-1 dH. */
  function adjointAt({ u, table }: ConditionalModes) {
    const inverse = hessian.inverse();
    for (const [f, blocks] of inverse.factors.entries()) halve(blocks, H.factors[f]);
    for (const [k, blocks] of inverse.pairs.entries()) halve(blocks, H.pairs[k]);
    const { Lambda } = view.values();
    view.factors.forEach(({ effects: q }, f) => {
      view.crossEffects(f, table.dEta, crossed[f]);
      addOuter(crossed[f], u[f], q, Lambda[f]);
    });
    return { rows: { eta: table.dEta, psi: table.dPsi }, Lambda, u: null, H };
  }

  return {
    view,
    hessian,
    get modes() {
      return modes;
    },
    evaluate(values: LatentValues, gradients: LatentValues | null): number {
      const found = search.find(values, start, gradients === null ? 2 : 3);
      modes = found;
      if (!found.converged) return Number.NEGATIVE_INFINITY;
      start.forEach((part, f) => {
        part.set(found.u[f]);
      });
      if (gradients !== null) chain.apply(values, found, adjointAt(found), gradients);
      return found.value - 0.5 * found.logDeterminant;
    },
    effects(): ConditionalEffects {
      if (modes === null || !modes.converged)
        throw new RangeError("the conditional effects are those of an evaluation that succeeded");
      const sds = standardDeviations(view, hessian.covariance());
      return { modes: modes.b.map((part) => part.slice()), sds, means: null };
    },
  };
}

function halve(from: Float64Array, to: Float64Array): void {
  for (let k = 0; k < from.length; k++) to[k] = -0.5 * from[k];
}
