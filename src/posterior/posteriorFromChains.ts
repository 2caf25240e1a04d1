import type { ChainRecord, DrawsMarginal, Posterior } from "./Posterior.js";

/** The draws of one chain; plain arrays, which move between threads as they are. */
export interface ChainDraws {
  /** How many; none if the run was ended before any. */
  readonly draws: number;
  /** `[quantity][draw]`, one quantity after the other: parameters, then random effects, on the constrained scale. */
  readonly values: Float64Array;
  /** Whether fewer draws were made than asked for. */
  readonly isPartial: boolean;
  readonly record: ChainRecord;
  /** Where the chain stands, for another run to go on from. */
  readonly end: ChainEnd;
}

export interface ChainEnd {
  /** Unconstrained. */
  readonly position: Float64Array;
  readonly stepSize: number;
  readonly metric: "diagonal" | "dense";
  readonly inverseMassMatrix: Float64Array;
}

/** The names of a draw, in its order. */
export interface QuantityNames {
  readonly parameters: readonly string[];
  readonly randomEffects: readonly {
    readonly name: string;
    readonly factor: string;
    readonly level: string;
    readonly coefficient: string;
  }[];
}

/**
 * The posterior of a sampler's chains; the marginals are views on the chains' values, not copies.
 * Throws RangeError if a chain's values do not fit the quantities.
 */
export function posteriorFromChains(
  engine: string,
  quantities: QuantityNames,
  chains: readonly ChainDraws[],
  options: Readonly<Record<string, unknown>>,
): Posterior {
  const { parameters, randomEffects } = quantities;
  const count = parameters.length + randomEffects.length;
  for (const chain of chains) checkSize(chain, count);
  return {
    engine,
    parameters: parameters.map((name, k) => ({ name, marginal: marginalOf(chains, k) })),
    randomEffects: randomEffects.map((effect, k) => ({
      ...effect,
      marginal: marginalOf(chains, parameters.length + k),
    })),
    record: {
      options,
      partial: chains.some((chain) => chain.isPartial),
      chains: chains.map((chain) => chain.record),
    },
  };
}

function marginalOf(chains: readonly ChainDraws[], quantity: number): DrawsMarginal {
  const columns = chains.map(({ values, draws }) => values.subarray(quantity * draws, (quantity + 1) * draws));
  return { kind: "draws", chains: columns, weights: null };
}

function checkSize({ values, draws, record }: ChainDraws, quantities: number): void {
  if (values.length === quantities * draws) return;
  throw new RangeError(
    `chain ${record.chain} has ${values.length} values, not ${quantities} quantities x ${draws} draws`,
  );
}
