import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { Steps } from "../../math/steps.js";
import { type ConditionalModes, ModeSearch } from "../effects/conditionalModes.js";
import { addOuter, standardDeviations } from "../effects/effects.js";
import { ModesInAdvance } from "../effects/modesInAdvance.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../factorisations/EffectsHessian.js";
import { factorMarginal } from "./factorMarginal.js";
import type { ConditionalEffects, MarginalLikelihood } from "./MarginalLikelihood.js";
import { ModeAdjoint } from "./modeAdjoint.js";

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

export function generalLaplace(view: LatentGaussian): LaplaceMarginal {
  return new Laplace(view);
}

/** Laplace's approximation in the quickest way that the structure has, at least that of `generalLaplace`. */
export function laplaceMarginal(view: LatentGaussian): MarginalLikelihood {
  return factorMarginal(view, 1, () => generalLaplace(view)) ?? generalLaplace(view);
}

class Laplace implements LaplaceMarginal {
  modes: ConditionalModes | null = null;
  readonly hessian: EffectsHessian;
  readonly view: LatentGaussian;
  private readonly search: ModesInAdvance;
  private readonly start: Float64Array[];
  private readonly adjoint: ModeAdjoint;

  constructor(view: LatentGaussian) {
    this.view = view;
    this.hessian = effectsHessian(view);
    this.search = new ModesInAdvance(view, new ModeSearch(view, this.hessian));
    this.start = effectsVectors(view);
    this.adjoint = new ModeAdjoint(view, this.hessian);
  }

  inAdvance(values: LatentValues, { gradients }: { readonly gradients: boolean }): Steps<void> | null {
    return this.search.inAdvance(values, this.start, gradients ? 3 : 2);
  }

  evaluate(values: LatentValues, gradients: LatentValues | null): number {
    const modes = this.search.find(values, this.start, gradients === null ? 2 : 3);
    this.modes = modes;
    if (!modes.converged) return -Infinity;
    this.start.forEach((part, f) => {
      part.set(modes.u[f]);
    });
    if (gradients !== null) {
      laplaceAdjoint(this.view, this.hessian, modes, this.adjoint);
      this.adjoint.chain(values, modes, gradients);
    }
    return modes.value - 0.5 * modes.logDeterminant;
  }

  effects(): ConditionalEffects {
    if (this.modes === null || !this.modes.converged)
      throw new RangeError("the conditional effects are those of an evaluation that succeeded");
    const covariances = this.hessian.covariance().factors.map((blocks) => blocks.slice());
    return {
      modes: this.modes.b.map((part) => part.slice()),
      sds: standardDeviations(this.view, covariances),
      covariances,
      means: null,
    };
  }
}

/** The log-likelihood at the modes, where its derivative in them vanishes, and -1/2 log |H|. */
function laplaceAdjoint(
  view: LatentGaussian,
  hessian: EffectsHessian,
  { u, table }: ConditionalModes,
  adjoint: ModeAdjoint,
): void {
  adjoint.eta.set(table.dEta);
  table.dPsi.forEach((column, c) => {
    adjoint.psi[c].set(column);
  });
  view.factors.forEach(({ effects: q }, f) => {
    const cross = new Float64Array(u[f].length);
    view.crossEffects(f, table.dEta, cross);
    adjoint.Lambda[f].fill(0);
    addOuter(cross, u[f], q, adjoint.Lambda[f]);
  });
  const inverse = hessian.inverse();
  for (const kind of ["factors", "pairs"] as const)
    inverse[kind].forEach((blocks, k) => {
      for (let at = 0; at < blocks.length; at++) adjoint.H[kind][k][at] = -0.5 * blocks[at];
    });
}
