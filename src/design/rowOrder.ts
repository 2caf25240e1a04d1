import type { Steps } from "../math/steps.js";
import type { GroupingFactor } from "./Design.js";
import { sortRowsSteps } from "./sortRows.js";

/**
 * The order in which kernels take the rows: by the factor with most levels, inside of what it is nested in, so that rows of a
 * level stand together at every depth; then by the other factors. Without a factor, and among equals, rows keep their order.
 */
export function* rowOrder(factors: readonly GroupingFactor[], rows: number): Steps<Int32Array> {
  const chain: number[] = [];
  let next = finest(factors);
  while (next >= 0) {
    chain.unshift(next);
    next = factors[next].parent?.factor ?? -1;
  }
  const rest = factors.flatMap((_, f) => (chain.includes(f) ? [] : [f]));
  const keys = [...chain, ...rest].map((f) => ({ codes: factors[f].levelIndex, size: factors[f].levels.length }));
  return yield* sortRowsSteps(keys, rows);
}

function finest(factors: readonly GroupingFactor[]): number {
  const sizes = factors.map((factor) => factor.levels.length);
  return sizes.indexOf(Math.max(...sizes));
}
