import type { DrawsMarginal, EngineRecord, Marginal, Posterior } from "./Posterior.js";
import type { QuantityNames } from "./posteriorFromChains.js";

/** The posterior with one marginal a quantity: parameters first, then random effects. Throws RangeError if their number does not fit. */
export function posteriorFromMarginals(
  engine: string,
  { parameters, randomEffects }: QuantityNames,
  marginals: readonly Marginal[],
  record: EngineRecord,
): Posterior {
  const count = parameters.length + randomEffects.length;
  if (marginals.length !== count) throw new RangeError(`${marginals.length} marginals of ${count} quantities`);
  return {
    engine,
    parameters: parameters.map((name, k) => ({ name, marginal: marginals[k] })),
    randomEffects: randomEffects.map((effect, k) => ({ ...effect, marginal: marginals[parameters.length + k] })),
    record,
  };
}

/**
 * Equally weighted draws in independent batches, as marginals: `columns` has one array a quantity, `batches` the number of draws in each
 * batch. They are no Markov chain, and have no R-hat.
 */
export function batchedDraws(columns: readonly Float64Array[], batches: readonly number[]): DrawsMarginal[] {
  const draws = columns.at(0)?.length ?? 0;
  const weights = [new Float64Array(draws).fill(1 / draws)];
  return columns.map((column) => ({ kind: "draws", chains: [column], weights, batches }));
}
