import { tabulatedDensity } from "../math/tabulatedDensity.js";
import type { DensityMarginal } from "./Posterior.js";

/** The marginal of `tabulatedDensity`, with its errors. */
export function tabulatedMarginal(values: Float64Array, logDensities: Float64Array): DensityMarginal {
  const { mean, sd, density, quantile } = tabulatedDensity(values, logDensities);
  return { kind: "density", mean, sd, density, quantile };
}
