import type { LatentGaussian } from "./LatentGaussian.js";
import type { Dispersion } from "./latentDispersion.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";
import type { RowPredictors } from "./RowTable.js";

/** The rows' densities and distribution functions at given predictors, for the view. */
export function rowDistributions(
  { family: { cumulative }, rows, meanLink: { inverseLink }, response: { values: y } }: ResponseModel,
  dispersion: Dispersion,
): Pick<LatentGaussian, "logDensities" | "cumulative"> {
  const { probability } = rows;
  return {
    logDensities({ eta, psi }: RowPredictors, to: Float64Array): void {
      const out = rowDerivatives();
      for (let i = 0; i < y.length; i++) {
        const phi = dispersion.phi(psi[i]);
        rows.evaluate(i, eta[i], phi, 0, out);
        to[i] = phi > 0 ? out.value : Number.NEGATIVE_INFINITY;
      }
    },
    cumulative:
      cumulative === undefined || probability === null
        ? null
        : {
            isDiscrete: cumulative.isDiscrete,
            evaluate({ eta, psi }, out) {
              for (let i = 0; i < y.length; i++) out[i] = probability(i, inverseLink(eta[i]), dispersion.phi(psi[i]));
            },
          },
  };
}
