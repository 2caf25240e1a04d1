import type { ChainRecord, Posterior, Quantity } from "../../src/posterior/Posterior.js";

/** A chain of `draws` transitions in which nothing is wrong, but for what is given. */
export function chainRecord(draws: number, fields: Partial<ChainRecord> = {}): ChainRecord {
  return {
    chain: 0,
    logDensity: new Float64Array(draws),
    divergent: new Uint8Array(draws),
    treeDepth: new Uint8Array(draws).fill(3),
    // Jumps from one draw to the next as large as those between any two: an E-BFMI of about 2.
    energy: Float64Array.from({ length: draws }, (_, i) => Math.sin(1000 * i)),
    acceptance: new Float64Array(draws).fill(0.8),
    stepSize: 0.5,
    maxTreeDepth: 10,
    gradientEvaluations: { warmup: 100, sampling: 200 },
    seconds: { warmup: 1, sampling: 2 },
    ...fields,
  };
}

export function drawsQuantity(name: string, chains: readonly (readonly number[])[]): Quantity {
  return { name, marginal: { kind: "draws", chains: chains.map((chain) => Float64Array.from(chain)), weights: null } };
}

export function posteriorOf(
  parameters: readonly Quantity[],
  chains: readonly ChainRecord[],
  record: Partial<Posterior["record"]> = {},
): Posterior {
  return {
    engine: "nuts",
    parameters,
    randomEffects: [],
    record: { options: {}, partial: false, chains, ...record },
  };
}
