import { log } from "../math/special/elementary.js";
import type { DrawsMarginal, Posterior } from "../posterior/Posterior.js";
import { quantitiesOf } from "../posterior/quantities.js";
import { CheckError } from "./CheckError.js";

/** Joint draws of all parameters and random effects of a posterior, the chains one after the other. */
export interface JointDraws {
  /** Draws of all chains, S. */
  readonly count: number;
  /** Draws of each chain. */
  readonly chains: readonly number[];
  /** Length S: logs of importance weights that sum to 1; null where every draw counts the same. */
  readonly logWeights: Float64Array | null;
  /** Draws of each independent batch, over all chains one after the other; null where each draw, or each chain, is one. */
  readonly batches: readonly number[] | null;
  /** Whether they are of Markov chains, so that draws depend on those before them. */
  readonly areOfChains: boolean;
  /** Parameters and random effects of a draw. */
  readonly length: number;
  /** Copies draw s, from 0, in the order of the model's quantities. */
  copy(s: number, to: Float64Array): void;
}

/** The joint draws of a posterior by any engine that has them. Throws CheckError where there are none. */
export function jointDrawsOf(posterior: Posterior): JointDraws {
  const independent = posterior.jointDraws;
  const marginals =
    independent ?? quantitiesOf(posterior).map(({ name, marginal }) => drawn(posterior, name, marginal));
  const chains = marginals.at(0)?.chains.map(({ length }) => length) ?? [];
  const columns = marginals.map(({ chains: own }) => joined(own));
  const count = chains.reduce((total, length) => total + length, 0);
  if (count === 0) throw new CheckError("the fit has no draws; its run was ended before the first");
  const weights = marginals.at(0)?.weights ?? null;
  return {
    count,
    chains,
    logWeights: weights === null ? null : joined(weights).map(log),
    batches: marginals.at(0)?.batches ?? null,
    areOfChains: independent === undefined && weights === null,
    length: columns.length,
    copy(s, to) {
      for (let k = 0; k < columns.length; k++) to[k] = columns[k][s];
    },
  };
}

function drawn(
  { engine }: Posterior,
  name: string,
  marginal: Posterior["parameters"][number]["marginal"],
): DrawsMarginal {
  if (marginal.kind === "draws") return marginal;
  if (marginal.kind === "moments")
    throw new CheckError(`${name} has no draws: they were summarised as they came; fit with randomEffects "draws"`);
  throw new CheckError(`${name} has no draws: ${engine} gives its density alone; fit with nuts, laplace or inla`);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
