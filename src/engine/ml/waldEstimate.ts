import { normalQuantile } from "../../math/special/normalDistribution.js";
import type { ParameterEstimate } from "./MaximumLikelihood.js";

/** An estimate with its 95% Wald interval; NaN throughout where there is no standard error. */
export function waldEstimate(name: string, estimate: number, standardError: number): ParameterEstimate {
  const half = normalQuantile(0.975) * standardError;
  return { name, estimate, standardError, lower: estimate - half, upper: estimate + half };
}
