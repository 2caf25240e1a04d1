import { exp, log, log1p } from "./special/elementary.js";

/** log of the sum of exp of the values; -Infinity where there are none. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]);
  if (!Number.isFinite(largest)) return largest;
  let total = 0;
  for (let i = 0; i < values.length; i++) total += exp(values[i] - largest);
  return largest + log(total);
}

/** log(exp(x_k) / sum of exp(x)), with its digits where x_k is the largest by far. */
export function logShare(x: Float64Array, k: number): number {
  const most = x.reduce((a, b) => Math.max(a, b));
  const others = x.reduce((sum, value, j) => (j === k ? sum : sum + exp(value - most)), 0);
  return x[k] === most ? -log1p(others) : x[k] - most - log(others + exp(x[k] - most));
}
