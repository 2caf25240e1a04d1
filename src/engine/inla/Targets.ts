import type { LatentGaussian, ParameterKind } from "../../density/LatentGaussian.js";
import { parameterReader } from "../../marginal/exploration/parameterReader.js";
import { type WorkingScale, workingScale } from "../../marginal/exploration/workingScale.js";
import { type LinearCombination, ofCoefficients } from "./LinearCombination.js";

/** What is a function of (beta, theta, dispersion) alone: the population parameters, then combinations of coefficients. */
export interface Targets {
  readonly names: readonly string[];
  readonly kinds: readonly ParameterKind[];
  readonly scales: readonly WorkingScale[];
  /** All of them on their own scales, at a position. */
  at(position: Float64Array): Float64Array;
}

export function targetsOf(view: LatentGaussian, combinations: readonly LinearCombination[]): Targets {
  const parametersAt = parameterReader(view);
  const kinds = [...view.parameterKinds, ...combinations.map(() => "coefficient" as const)];
  return {
    names: [...view.quantities.parameters, ...combinations.map(({ name }) => name)],
    kinds,
    scales: kinds.map(workingScale),
    at(position) {
      const parameters = parametersAt(position);
      if (combinations.length === 0) return parameters;
      const targets = new Float64Array(parameters.length + combinations.length);
      targets.set(parameters);
      combinations.forEach((one, k) => {
        targets[parameters.length + k] = ofCoefficients(one, parameters);
      });
      return targets;
    },
  };
}
