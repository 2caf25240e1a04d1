import { tabulatedDensity } from "../math/tabulatedDensity.js";
import type { DensityMarginal } from "./Posterior.js";

/** The marginal of `tabulatedDensity`, with its errors. */
export function tabulatedMarginal(values: Float64Array, logDensities: Float64Array): DensityMarginal {
  return { kind: "density", ...tabulatedDensity(values, logDensities) };
}
