import type { NewRows } from "../../design/applyDesign.js";
import type { EffectsChoice } from "../../summary/Prediction.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import { RowPredictor } from "../RowPredictor.js";
import { refuseVaryingBounds } from "../refuseVaryingBounds.js";
import { checkBeside, rowParameters } from "../rowParameters.js";
import type { RowValues } from "../rowValues.js";
import { type Mixing, mixedFunction } from "./mixedFunctions.js";
import type { Quantity } from "./Quantity.js";

/** Several things that are known of each row, at each of the S values of an ensemble. */
export interface RowQuantities extends Omit<RowValues, "at"> {
  /** Fills one array of length S for each. */
  at(i: number, outs: readonly Float64Array[]): void;
}

/** Quantities of the distributions of new responses, one column each, given effects or integrated over them. Throws ModelError where rows have not all that a response needs. */
export function rowQuantities(
  fit: Fitted,
  rows: NewRows,
  ensemble: Ensemble,
  {
    effects,
    quantities,
    seed,
  }: { readonly effects: EffectsChoice; readonly quantities: readonly Quantity[]; readonly seed: string },
): RowQuantities {
  const { design, compiled } = fit;
  const predictor = new RowPredictor(design, 0, rows, ensemble);
  refuseVaryingBounds(fit);
  checkBeside(fit, rows);
  const parameters = rowParameters(fit, rows, ensemble, { effects, seed, isIntegrated: true });
  const functions = quantities.map((quantity) => mixedFunction(quantity, compiled.family, compiled.meanLink.name));
  const column = () => new Float64Array(ensemble.size);
  const [eta, etaVariance, psiVariance] = [column(), column(), column()];
  const columns = Array.from({ length: parameters.count }, column);
  const psi = new Float64Array(parameters.count);
  const { mixed } = parameters;
  const place = mixed?.column ?? 0;
  const isDrawn = ensemble.shift === null;
  return {
    at(i, outs) {
      predictor.fixed(i, eta);
      if (effects === "conditional") predictor.addEffects(i, isDrawn ? seed : null, eta);
      if (effects === "marginal") predictor.variance(i, etaVariance);
      parameters.predictors(i, columns);
      mixed?.variance(i, psiVariance);
      const trials = rows.trials?.[i] ?? 1;
      const ofRow = (at: number) => {
        psi[place] = at;
        return parameters.at(i, psi);
      };
      for (let s = 0; s < ensemble.size; s++) {
        columns.forEach((values, c) => {
          psi[c] = values[s];
        });
        const mixing: Mixing = {
          eta: eta[s],
          etaVariance: etaVariance[s],
          psi: psi[place] ?? 0,
          psiVariance: psiVariance[s],
          trials,
          parameters: ofRow,
        };
        for (let k = 0; k < functions.length; k++) outs[k][s] = functions[k](mixing);
      }
    },
    variance: (i) => (effects === "conditional" ? predictor.conditionalVariance(i) : 0),
    hasNewLevel: (i) => predictor.hasNewLevel(i),
  };
}
