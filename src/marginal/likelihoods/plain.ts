import type { LatentGaussian } from "../../density/LatentGaussian.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import type { MarginalLikelihood } from "./MarginalLikelihood.js";

/** The likelihood of a model without random effects, or of one with all of them held at zero; Lambda has no part in it. */
export function plainMarginal(view: LatentGaussian): MarginalLikelihood {
  const none = effectsVectors(view);
  const table = view.rowTable();
  return {
    view,
    evaluate(values, gradients) {
      const value = view.evaluateRows(values, none, gradients === null ? 0 : 1, table);
      if (!Number.isFinite(value)) return -Infinity;
      if (gradients === null) return value;
      view.crossBeta(table.dEta, gradients.beta);
      view.crossDispersion(table.dPsi, gradients.dispersion);
      for (const Lambda of gradients.Lambda) Lambda.fill(0);
      return value;
    },
    effects: () => ({ modes: none, sds: effectsVectors(view), covariances: none, means: null }),
  };
}
