import { standardDeviation } from "../../math/moments.js";
import type { LooEstimate, Waic } from "../../summary/CrossValidation.js";
import type { UnitScore } from "./unitScore.js";

/** Posterior variances of a log density beyond which WAIC is not to be relied on (Vehtari, Gelman & Gabry 2017). */
const LARGEST_PENALTY = 0.4;

/** The sum over units, with its standard error. */
export function estimateOf(values: Float64Array): LooEstimate {
  return {
    estimate: values.reduce((total, value) => total + value, 0),
    standardError: Math.sqrt(values.length) * standardDeviation(values),
  };
}

/** WAIC of units in their order. */
export function waicOf(scores: readonly Pick<UnitScore, "lpd" | "pWaic">[]): Waic {
  const pWaic = Float64Array.from(scores, (score) => score.pWaic);
  const elpd = Float64Array.from(scores, (score) => score.lpd - score.pWaic);
  return {
    elpd: estimateOf(elpd),
    pWaic: estimateOf(pWaic),
    waic: estimateOf(elpd.map((value) => -2 * value)),
    unreliable: pWaic.filter((value) => !(value <= LARGEST_PENALTY)).length,
    pointwise: { elpd, pWaic },
  };
}
