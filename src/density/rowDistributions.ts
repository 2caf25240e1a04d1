import type { LatentGaussian, RowPredictors } from "./LatentGaussian.js";
import type { Dispersion } from "./latentDispersion.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";

/** The rows' densities and distribution functions at given predictors, for the view. */
export function rowDistributions(
  { family: { cumulative }, row, meanLink: { inverseLink }, response: { values: y, trials } }: ResponseModel,
  dispersion: Dispersion,
): Pick<LatentGaussian, "logDensities" | "cumulative"> {
  const trialsOf = (i: number) => (trials === null ? 1 : trials[i]);
  return {
    logDensities({ eta, psi }: RowPredictors, to: Float64Array): void {
      const out = rowDerivatives();
      for (let i = 0; i < y.length; i++) {
        const phi = dispersion.phi(psi[i]);
        row.evaluate(y[i], trialsOf(i), eta[i], phi, 0, out);
        to[i] = phi > 0 ? out.value : Number.NEGATIVE_INFINITY;
      }
    },
    cumulative:
      cumulative === undefined
        ? null
        : {
            isDiscrete: cumulative.isDiscrete,
            evaluate({ eta, psi }, out) {
              for (let i = 0; i < y.length; i++)
                out[i] = cumulative.probability(y[i], inverseLink(eta[i]), dispersion.phi(psi[i]), trialsOf(i));
            },
          },
  };
}
