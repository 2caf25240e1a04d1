import { log } from "../math/special/elementary.js";
import type { DrawsMarginal, Posterior, Quantity } from "./Posterior.js";
import { quantitiesOf } from "./quantities.js";
import { ResultError } from "./ResultError.js";

/** Joint draws of all parameters and random effects of a posterior, the chains one after the other. */
export interface JointDraws {
  /** Draws of all chains, S. */
  readonly count: number;
  /** Draws of each chain. */
  readonly chains: readonly number[];
  /** Length S: importance weights that sum to 1; null where every draw counts the same. */
  readonly weights: Float64Array | null;
  /** Length S: their logs; null where the draws carry no weights, as those of chains. */
  readonly logWeights: Float64Array | null;
  /** Draws of each independent batch, over all chains one after the other; null where each draw, or each chain, is one. */
  readonly batches: readonly number[] | null;
  /** Whether they are of Markov chains, so that draws depend on those before them. */
  readonly areOfChains: boolean;
  /** Parameters and random effects of a draw. */
  readonly length: number;
  /** Length S: the draws of a quantity by its place, parameters first. Throws ResultError where it has none. */
  column(place: number): Float64Array;
  /** Copies draw s, from 0, in the order of the model's quantities. Throws ResultError where one of them has no draws. */
  copy(s: number, to: Float64Array): void;
}

/** The joint draws of a posterior by any engine that has them. Throws ResultError where there are none. */
export function jointDrawsOf(posterior: Posterior): JointDraws {
  const quantities = quantitiesOf(posterior);
  const independent = posterior.jointDraws;
  const drawnAt = (place: number) => independent?.[place] ?? drawn(posterior, quantities[place]);
  const first = quantities.length === 0 ? null : drawnAt(0);
  const chains = first?.chains.map(({ length }) => length) ?? [1];
  const count = chains.reduce((total, length) => total + length, 0);
  if (count === 0)
    throw new ResultError("no-draws", "the fit has no draws: its run was ended before the first", "fit again");
  const weights = first?.weights ? joined(first.weights) : null;
  const columns: (Float64Array | undefined)[] = [];
  const column = (place: number) => {
    const known = columns[place] ?? joined(drawnAt(place).chains);
    columns[place] = known;
    return known;
  };
  return {
    count,
    chains,
    weights: weights === null || weights.every((weight) => weight === weights[0]) ? null : weights,
    logWeights: weights === null ? null : weights.map(log),
    batches: first?.batches ?? null,
    areOfChains: independent === undefined && weights === null,
    length: quantities.length,
    column,
    copy(s, to) {
      for (let k = 0; k < quantities.length; k++) to[k] = column(k)[s];
    },
  };
}

function drawn({ engine }: Posterior, { name, marginal }: Quantity): DrawsMarginal {
  if (marginal.kind === "draws") return marginal;
  const [why, hint] =
    marginal.kind === "moments"
      ? ["they were summarised as they came", 'keep them: fit with randomEffects "draws"']
      : [`${engine} gives its density alone`, "fit with nuts, laplace or inla"];
  throw new ResultError("no-draws", `${name} has no draws: ${why}`, hint);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0];
  const all = new Float64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
