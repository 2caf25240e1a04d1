import { checkArgument } from "../argument/checkArgument.js";
import { aList, aText, objectWith } from "../argument/kinds.js";
import type { ChainMoments, ChainRecord, DrawsMarginal, Posterior, RandomEffect } from "./Posterior.js";

/** The draws of one chain; plain arrays, which move between threads as they are. */
export interface ChainDraws {
  /** How many; none if the run was ended before any. */
  readonly draws: number;
  /** `[quantity][draw]`, one quantity after the other: parameters, then random effects unless told otherwise, on the constrained scale. */
  readonly values: Float64Array;
  /** What is known of random effects that are not among the values: their moments, or nothing. Absent where they are. */
  readonly effects?: EffectsMoments | null;
  /** Whether fewer draws were made than asked for. */
  readonly isPartial: boolean;
  readonly record: ChainRecord;
  /** Where the chain stands, for another run to go on from. */
  readonly end: ChainEnd;
}

/** `ChainMoments` of each random effect. */
export interface EffectsMoments {
  readonly means: Float64Array;
  readonly squares: Float64Array;
  /** `[effect][batch]` */
  readonly batchMeans: Float64Array;
  readonly batchSize: number;
}

/** Where a chain ended, with its tuning: what it needs to go on. */
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
  checkArgument(aText, engine, "posteriorFromChains", "engine");
  checkArgument(quantityNames, quantities, "posteriorFromChains", "quantities");
  checkArgument(aList, chains, "posteriorFromChains", "chains");
  const { parameters, randomEffects } = quantities;
  for (const chain of chains)
    checkSize(chain, parameters.length + (chain.effects === undefined ? randomEffects.length : 0));
  return {
    engine,
    parameters: parameters.map((name, k) => ({ name, marginal: marginalOf(chains, k) })),
    randomEffects: effectsOf(quantities, chains),
    record: {
      options,
      partial: chains.some((chain) => chain.isPartial),
      chains: chains.map((chain) => chain.record),
    },
  };
}

/** As draws, as moments, or none of them. */
function effectsOf(
  { parameters, randomEffects }: QuantityNames,
  chains: readonly ChainDraws[],
): readonly RandomEffect[] {
  if (chains.every(({ effects }) => effects === undefined))
    return randomEffects.map((effect, k) => ({ ...effect, marginal: marginalOf(chains, parameters.length + k) }));
  const known = chains.flatMap(({ effects, draws }) => (effects ? [{ ...effects, draws }] : []));
  if (known.length < chains.length) return [];
  return randomEffects.map((effect, k) => ({
    ...effect,
    marginal: { kind: "moments", chains: known.map((moments) => momentsOf(moments, k)) },
  }));
}

function momentsOf(moments: EffectsMoments & { readonly draws: number }, effect: number): ChainMoments {
  const { draws, means, squares, batchMeans, batchSize } = moments;
  const batches = batchMeans.length / means.length;
  return {
    draws,
    mean: means[effect],
    squares: squares[effect],
    batchMeans: batchMeans.subarray(effect * batches, (effect + 1) * batches),
    batchSize,
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

const quantityNames = objectWith(
  "not-quantities",
  "the names of parameters and random effects, as density.quantities",
  {
    parameters: "list",
    randomEffects: "list",
  },
);
