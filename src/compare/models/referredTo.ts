import type { SimulatedReference } from "../../summary/SimulatedReference.js";

/** Log-likelihoods are known to about 1e-6: statistics that differ by less are equal. */
const SAME = 2e-6;

/** A statistic referred to simulated ones. */
export function referredTo(
  statistic: number,
  simulated: Float64Array,
  facts: Pick<SimulatedReference, "kind" | "isApproximate" | "failed" | "untrusted">,
): SimulatedReference {
  const replicates = simulated.length;
  const larger = simulated.reduce((count, value) => (value >= statistic - SAME ? count + 1 : count), 0);
  const zeros = simulated.reduce((count, value) => (value <= SAME ? count + 1 : count), 0) / replicates;
  const pValue = (larger + 1) / (replicates + 1);
  return { ...facts, replicates, larger, pValue, error: Math.sqrt((pValue * (1 - pValue)) / replicates), zeros };
}
