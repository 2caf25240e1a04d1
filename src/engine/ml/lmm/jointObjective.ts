import type { Objective } from "../../../math/optimize/Objective.js";
import type { ParameterVector } from "../parameterVector.js";
import type { LinearCriterion } from "./criterion.js";

/**
 * Minus the log-likelihood of a linear mixed model as a function of all its parameters, as a position of the vector, or minus the
 * restricted one, of which beta is no part: its derivatives are then zero.
 */
export function jointObjective(criterion: LinearCriterion, vector: ParameterVector): Objective {
  const { solution, isRestricted, degrees } = criterion;
  const { view, heldSigma, columns } = solution.products;
  const [values, gradients, relative] = [view.values(), view.values(), view.values().Lambda];
  const slopes = new Float64Array(columns - 1);
  const adjoint = new Float64Array(columns ** 2);
  return (position, gradient) => {
    vector.unpack(position, values);
    const sigma = heldSigma ?? values.dispersion[0];
    relative.forEach((matrix, f) => {
      for (let i = 0; i < matrix.length; i++) matrix[i] = values.Lambda[f][i] / sigma;
    });
    const { value } = criterion.evaluate(relative, gradients.Lambda, sigma);
    gradient.fill(NaN);
    if (value === Infinity) return value;
    gradients.beta.fill(0);
    const excess = isRestricted ? 0 : solution.excessAt(values.beta, slopes);
    if (!isRestricted) {
      gradients.beta.set(slopes.map((slope) => (0.5 * slope) / (sigma * sigma)));
      adjoint.fill(0);
      solution.addSquaresAdjoint(-0.5 / (sigma * sigma), adjoint);
      solution.addSquaresAdjoint(0.5 / (sigma * sigma), adjoint, values.beta);
      solution.chainReduced(adjoint, gradients.Lambda);
    }
    let logSigma = degrees - (solution.squares + excess) / (sigma * sigma);
    gradients.Lambda.forEach((matrix, f) => {
      for (let i = 0; i < matrix.length; i++) {
        logSigma -= relative[f][i] * matrix[i];
        matrix[i] /= sigma;
      }
    });
    gradients.dispersion.fill(logSigma / sigma);
    vector.adjoint(position, gradients, gradient);
    return value + (0.5 * excess) / (sigma * sigma);
  };
}
