import type { LatentGaussian, LatentValues } from "../density/LatentGaussian.js";
import { effectsBlocks, effectsVectors } from "./BlockCholesky.js";
import { ModeChain } from "./chainModes.js";
import { type ConditionalModes, ModeSearch } from "./conditionalModes.js";
import { type EffectsHessian, effectsHessian } from "./EffectsHessian.js";
import { scaleEffects, standardDeviations } from "./effects.js";
import { GroupQuadrature, type NodeAdjoint } from "./groupQuadrature.js";
import type { ConditionalEffects, MarginalLikelihood } from "./MarginalLikelihood.js";
import { nestedHessian } from "./nestedHessian.js";

/**
 * The likelihood with the random effects integrated out by adaptive Gauss-Hermite quadrature with so many points a dimension, for one
 * grouping factor with any effects or for factors nested in one another. One point is Laplace's approximation.
 * Throws RangeError for another structure, and where the nodes of one group would not fit in memory.
 */
export function aghqMarginal(view: LatentGaussian, points: number): MarginalLikelihood {
  return new QuadratureMarginal(view, points);
}

class QuadratureMarginal implements MarginalLikelihood {
  readonly view: LatentGaussian;
  private readonly quadrature: GroupQuadrature;
  private readonly hessian: EffectsHessian;
  private readonly search: ModeSearch;
  private readonly chain: ModeChain;
  /** The last modes: where the next search starts. */
  private readonly start: Float64Array[];
  private readonly adjoint: NodeAdjoint;
  private last: { readonly values: LatentValues; readonly modes: ConditionalModes } | null = null;

  constructor(view: LatentGaussian, points: number) {
    const factorisation = nestedHessian(view);
    this.view = view;
    this.quadrature = new GroupQuadrature(view, factorisation, points);
    this.hessian = effectsHessian(view, factorisation);
    this.search = new ModeSearch(view, this.hessian);
    this.chain = new ModeChain(view, this.hessian);
    this.start = effectsVectors(view);
    this.adjoint = {
      rows: { eta: new Float64Array(view.rows), psi: new Float64Array(view.rows) },
      Lambda: view.values().Lambda,
      u: effectsVectors(view),
      H: effectsBlocks(view),
    };
  }

  evaluate(values: LatentValues, gradients: LatentValues | null): number {
    this.last = null;
    const { quadrature, adjoint } = this;
    const modes = this.search.find(values, this.start, gradients === null ? 2 : 3);
    if (!modes.converged) return Number.NEGATIVE_INFINITY;
    for (let f = 0; f < this.start.length; f++) this.start[f].set(modes.u[f]);
    if (gradients !== null) for (const array of [...adjoint.Lambda, ...adjoint.u]) array.fill(0);
    let total = quadrature.remainder(values, null) - 0.5 * modes.logDeterminant;
    for (let group = 0; group < quadrature.groups; group++) {
      total += quadrature.forward(group, values, modes);
      if (!Number.isFinite(total)) return Number.NEGATIVE_INFINITY;
      if (gradients !== null) quadrature.backward(group, values, modes, adjoint);
    }
    this.last = { values, modes };
    if (gradients !== null) {
      this.chain.apply(values, modes, adjoint, gradients);
      quadrature.remainder(values, gradients);
    }
    return total;
  }

  effects(): ConditionalEffects {
    const { last, quadrature } = this;
    if (last === null) throw new RangeError("the conditional effects are those of an evaluation that succeeded");
    const { values, modes } = last;
    const means = effectsVectors(this.view);
    for (let group = 0; group < quadrature.groups; group++) {
      quadrature.forward(group, values, modes);
      quadrature.writeMeans(group, modes, means);
    }
    means.forEach((u, f) => {
      scaleEffects(values.Lambda[f], u.slice(), u);
    });
    const sds = standardDeviations(this.view, this.hessian.covariance());
    return { modes: modes.b.map((part) => part.slice()), sds, means };
  }
}
