import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { ModeSearch } from "../effects/conditionalModes.js";
import { addOuter, standardDeviations } from "../effects/effects.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import { effectsHessian } from "../factorisations/EffectsHessian.js";
import type { MarginalLikelihood } from "./MarginalLikelihood.js";

/**
 * The likelihood with the random effects at their conditional modes, log p(y | b) - u'u/2: its maximum over beta is the joint mode of (beta, b)
 * that classical nested Laplace approximations stand on, and its curvature there beta's in the joint Gaussian approximation.
 */
export function profileLikelihood(view: LatentGaussian): MarginalLikelihood {
  const hessian = effectsHessian(view);
  const search = new ModeSearch(view, hessian);
  const start = effectsVectors(view);
  const crossed = effectsVectors(view);
  let modes: readonly Float64Array[] = start;
  return {
    view,
    evaluate(values, gradients) {
      const found = search.find(values, start, 2);
      if (!found.converged) return Number.NEGATIVE_INFINITY;
      modes = found.b;
      found.u.forEach((part, f) => {
        start[f].set(part);
      });
      if (gradients === null) return found.value;
      view.crossBeta(found.table.dEta, gradients.beta);
      view.crossDispersion(found.table.dPsi, gradients.dispersion);
      view.factors.forEach(({ effects: q }, f) => {
        gradients.Lambda[f].fill(0);
        view.crossEffects(f, found.table.dEta, crossed[f]);
        addOuter(crossed[f], found.u[f], q, gradients.Lambda[f]);
      });
      return found.value;
    },
    effects: () => {
      const covariances = hessian.covariance().factors.map((blocks) => blocks.slice());
      return {
        modes: modes.map((part) => part.slice()),
        sds: standardDeviations(view, covariances),
        covariances,
        means: null,
      };
    },
  };
}
