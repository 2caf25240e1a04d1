import type { NewRows } from "../../design/applyDesign.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import { overNormal } from "../overNormal.js";
import { rowParameters } from "../rowParameters.js";

/** The variance of the response of a row with this mean, at value s of an ensemble; of a binomial response, of one trial. */
export type RowVariance = (mu: number, s: number) => number;

export interface Dispersions {
  /** Whether rows differ in more than their mean. */
  readonly differ: boolean;
  /** The variance of a response in row i. */
  at(i: number): RowVariance;
}

/** How fast a variance may grow with the linear predictor of a dispersion, as a power of exp: sigma^2 and 1 / phi do so slowly. */
const GROWTH = 3;

/**
 * How responses vary about the mean of a row, by the family's other parameters: each of a line of its own, the first of them that has random effects over these; or of a scalar, with
 * the prior weight and the known standard error of the row where the rows are the fit's own.
 */
export function dispersions(fit: Fitted, rows: NewRows, areOwn: boolean, ensemble: Ensemble): Dispersions {
  const { design, compiled } = fit;
  const { family } = compiled;
  const { weights, errors, weighting } = design.response;
  const isScaled = areOwn && weighting === "precision" && (weights !== null || errors !== null);
  const plain = { ...rows, weights: isScaled ? weights : null, errors: isScaled ? errors : null };
  const asked = { effects: "marginal", seed: "dispersions", isIntegrated: true } as const;
  const parameters = rowParameters(fit, plain, ensemble, asked);
  const { mixed } = parameters;
  const column = () => new Float64Array(ensemble.size);
  return {
    differ: isScaled || design.predictors.length > 1,
    at(i) {
      const columns = Array.from({ length: parameters.count }, column);
      const variance = column();
      const psi = new Float64Array(parameters.count);
      parameters.predictors(i, columns);
      mixed?.variance(i, variance);
      return (mu, s) => {
        for (let c = 0; c < psi.length; c++) psi[c] = columns[c][s];
        if (mixed === null) return family.variance(mu, parameters.at(i, psi), 1);
        const at = (x: number) => {
          psi[mixed.column] = x;
          return family.variance(mu, parameters.at(i, psi), 1);
        };
        return overNormal(at, columns[mixed.column][s], variance[s], GROWTH);
      };
    },
  };
}
