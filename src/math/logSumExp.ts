import { exp, log } from "./special/elementary.js";

/** log of the sum of exp of the values; -Infinity where there are none. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]);
  if (!Number.isFinite(largest)) return largest;
  let total = 0;
  for (let i = 0; i < values.length; i++) total += exp(values[i] - largest);
  return largest + log(total);
}
