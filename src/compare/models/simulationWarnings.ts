import type { MlNote } from "../../engine/ml/Estimates.js";
import type { SimulatedReference } from "../../summary/SimulatedReference.js";

/** A share of fits above which what they leave out, or get wrong, may move a p value. */
const MANY = 0.02;
/** A p value this many Monte Carlo errors from the usual level may be on either side of it. */
const ERRORS = 2;
const LEVEL = 0.05;

/** What calls for care in a simulated reference: fits that failed or are not trusted, and too few of them near the usual level. */
export function simulationWarnings({ replicates, failed, untrusted, pValue, error }: SimulatedReference): MlNote[] {
  const warnings: MlNote[] = [];
  const all = replicates + failed;
  if (failed > MANY * all)
    warnings.push({
      code: "bootstrap-failures",
      message: `${failed} of ${all} pairs of fits of simulated responses failed and are left out of the reference`,
      advice: "take another method, or simpler models",
    });
  if (untrusted > MANY * all)
    warnings.push({
      code: "bootstrap-untrusted",
      message: `${untrusted} of ${all} pairs of fits of simulated responses may not be at their maximum; they count`,
      advice: "take another method, or simpler models",
    });
  if (Math.abs(pValue - LEVEL) < ERRORS * error)
    warnings.push({
      code: "simulated-few",
      message: `the simulated p value is within its Monte Carlo error of ${LEVEL}`,
      advice: "take more --replicates",
    });
  return warnings;
}
