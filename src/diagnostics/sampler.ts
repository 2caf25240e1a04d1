import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { hasField } from "../argument/kinds.js";
import type { ChainRecord } from "../posterior/Posterior.js";

/** What an HMC sampler's own account says of a run, over all chains. */
export interface SamplerDiagnostics {
  readonly transitions: number;
  readonly divergences: number;
  /** Transitions whose trajectory was cut at the tree depth limit. */
  readonly maxTreeDepthHits: number;
  /** One per chain; NaN for a chain whose energy never changed. */
  readonly ebfmi: readonly number[];
  readonly gradientEvaluations: { readonly warmup: number; readonly sampling: number };
}

/** Divergences, depth of trees and E-BFMI over all chains of a sampler. Takes the records of the chains. */
export function samplerDiagnostics(chains: readonly ChainRecord[]): SamplerDiagnostics {
  checkArgument(chainRecords, chains, "samplerDiagnostics", "chains");
  const sum = (count: (chain: ChainRecord) => number) => chains.reduce((total, chain) => total + count(chain), 0);
  return {
    transitions: sum((chain) => chain.divergent.length),
    divergences: sum((chain) => countOf(chain.divergent, 1)),
    maxTreeDepthHits: sum(maxTreeDepthHits),
    ebfmi: chains.map((chain) => ebfmi(chain.energy)),
    gradientEvaluations: {
      warmup: sum((chain) => chain.gradientEvaluations.warmup),
      sampling: sum((chain) => chain.gradientEvaluations.sampling),
    },
  };
}

/**
 * Energy Bayesian fraction of missing information of one chain: squared steps of the energy over its squared distances from its
 * mean (Betancourt 2016). About 1 is good; below 0.3 the momentum resampling cannot reach the energies that the target has.
 */
export function ebfmi(energy: Float64Array): number {
  let total = 0;
  for (let i = 0; i < energy.length; i++) total += energy[i];
  const mean = total / energy.length;
  let steps = 0;
  let distances = 0;
  for (let i = 0; i < energy.length; i++) {
    if (i > 0) steps += (energy[i] - energy[i - 1]) ** 2;
    distances += (energy[i] - mean) ** 2;
  }
  return steps / distances;
}

/** A sampler without trees records a limit of 0. */
function maxTreeDepthHits(chain: ChainRecord): number {
  return chain.maxTreeDepth > 0 ? chain.treeDepth.filter((depth) => depth >= chain.maxTreeDepth).length : 0;
}

function countOf(values: Uint8Array, wanted: number): number {
  return values.filter((value) => value === wanted).length;
}

const chainRecords: ArgumentKind = {
  code: "not-chains",
  expected: "the records of chains of a sampler: fit.posterior.record.chains",
  accepts: (value) => Array.isArray(value) && value.every((chain) => hasField(chain, "divergent")),
};
