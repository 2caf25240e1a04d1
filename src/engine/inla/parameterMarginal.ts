import { exp } from "../../math/special/elementary.js";
import { tabulatedMarginal } from "../../posterior/densityMarginals.js";
import type { DensityMarginal } from "../../posterior/Posterior.js";
import type { ParameterMoments } from "./parameterMoments.js";
import type { Shape } from "./parameterShapes.js";

/**
 * Times at most that a shape is moved and stretched on its working scale, each a Newton step towards the moments wanted on the parameter's own, and how
 * near to them, in sds, is enough.
 */
const FITTING_STEPS = 8;
const FITTED = 1e-7;

/** The marginal on the parameter's own scale: its shape moved and stretched on the working scale until it has the moments given. */
export function parameterMarginal(
  { scale, values, logDensities }: Shape,
  moments: ParameterMoments | null,
  k: number,
): DensityMarginal {
  const place = (working: Float64Array) =>
    tabulatedMarginal(
      working.map((value) => scale.from(value)),
      logDensities.map((value, i) => value - scale.logSlope(working[i])),
    );
  let working = values;
  let marginal = place(working);
  if (moments === null) return marginal;
  for (let step = 0; step < FITTING_STEPS; step++) {
    const { mean, sd } = marginal;
    if (Math.max(Math.abs(moments.means[k] - mean), Math.abs(moments.sds[k] - sd)) < FITTED * sd) break;
    const centre = scale.to(mean);
    const shift = (moments.means[k] - mean) / exp(scale.logSlope(centre));
    const stretch = moments.sds[k] / sd;
    working = working.map((value) => centre + shift + (value - centre) * stretch);
    marginal = place(working);
  }
  return marginal;
}
