import type { LatentGaussian } from "./LatentGaussian.js";
import { supportCheck } from "./parameterSources.js";
import { type ResponseModel, rowDerivatives } from "./plainLikelihood.js";
import type { RowPredictors } from "./RowTable.js";
import type { RowParameters } from "./rowParameters.js";

/** The rows' densities and distribution functions at given predictors, for the view. */
export function rowDistributions(
  model: ResponseModel,
  parameters: RowParameters,
): Pick<LatentGaussian, "logDensities" | "cumulative"> {
  const { family, rows, meanLink, response } = model;
  const { cumulative } = family;
  const { inverseLink } = meanLink;
  const { probability } = rows;
  const phi = new Float64Array(parameters.count);
  const isInside = supportCheck(model.parameters);
  const { length: n } = response.values;
  return {
    logDensities({ eta, psi }: RowPredictors, to: Float64Array): void {
      const out = rowDerivatives(model);
      parameters.readFirst(psi, phi);
      for (let i = 0; i < n; i++) {
        parameters.read(psi, i, phi);
        rows.evaluate(i, eta[i], phi, 0, out);
        to[i] = isInside(phi) ? out.value : Number.NEGATIVE_INFINITY;
      }
    },
    cumulative:
      cumulative === undefined || probability === null || response.censoring !== null
        ? null
        : {
            isDiscrete: cumulative.isDiscrete,
            evaluate({ eta, psi }, out) {
              parameters.readFirst(psi, phi);
              for (let i = 0; i < n; i++) {
                parameters.read(psi, i, phi);
                out[i] = probability(i, inverseLink(eta[i]), phi);
              }
            },
          },
  };
}
