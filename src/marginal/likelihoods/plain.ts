import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { isLong, type Steps } from "../../math/steps.js";
import { areSameValues, copyOfValues } from "../effects/modesInAdvance.js";
import { effectsVectors } from "../factorisations/BlockCholesky.js";
import type { MarginalLikelihood } from "./MarginalLikelihood.js";

/** The likelihood of a model without random effects, or of one with all of them held at zero; Lambda has no part in it. */
export function plainMarginal(view: LatentGaussian): MarginalLikelihood {
  const none = effectsVectors(view);
  const table = view.rowTable();
  let foreseen: { readonly at: LatentValues; readonly order: 0 | 1; readonly value: number } | null = null;
  function* foresee(at: LatentValues, order: 0 | 1): Steps<void> {
    foreseen = null;
    foreseen = { at, order, value: yield* view.evaluateRowsInSteps(at, none, order, table) };
  }
  return {
    view,
    inAdvance: (values, { gradients }) => (isLong(view.rows) ? foresee(copyOfValues(values), gradients ? 1 : 0) : null),
    evaluate(values, gradients) {
      const order = gradients === null ? 0 : 1;
      const known = foreseen;
      foreseen = null;
      const isKnown = known !== null && known.order === order && areSameValues(known.at, values);
      const value = isKnown ? known.value : view.evaluateRows(values, none, order, table);
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
