/**
 * The two halves of every chain as series of their own, the middle draw of an odd chain left out, so that a drift within a chain
 * shows as a difference between series. Views, not copies. Throws RangeError if the chains differ in length: see `comparableChains`.
 */
export function splitChains(chains: readonly Float64Array[]): Float64Array[] {
  const draws = chains.length > 0 ? chains[0].length : 0;
  if (chains.some((chain) => chain.length !== draws)) {
    throw new RangeError(
      `chains of ${chains.map((chain) => chain.length).join(", ")} draws: cut them to one length first`,
    );
  }
  const half = Math.floor(draws / 2);
  return chains.flatMap((chain) => [chain.subarray(0, half), chain.subarray(draws - half)]);
}

export interface ComparableChains {
  /** Positions of the chains to compare, ascending. */
  readonly chains: readonly number[];
  /** How many draws of each to take, from its start. */
  readonly draws: number;
}

/**
 * R-hat and ESS need chains of one length. Where a run was ended early this is the choice that keeps the most draws:
 * usually all chains, cut to the shortest; a chain that had hardly begun is left out.
 */
export function comparableChains(lengths: readonly number[]): ComparableChains {
  let best = 0;
  for (const length of lengths) if (kept(lengths, length) > kept(lengths, best)) best = length;
  return { chains: [...lengths.keys()].filter((chain) => best > 0 && lengths[chain] >= best), draws: best };
}

/** Draws that remain if every chain of at least `draws` is cut to that many. */
function kept(lengths: readonly number[], draws: number): number {
  return draws * lengths.filter((length) => length >= draws).length;
}
