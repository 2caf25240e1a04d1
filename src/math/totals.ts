/** The sum, from the first value on. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** The largest value: -Infinity where there is none, NaN where one of them is. */
export function largest(values: ArrayLike<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) found = Math.max(found, values[i]);
  return found;
}

/** The smallest value: Infinity where there is none, NaN where one of them is. */
export function smallest(values: ArrayLike<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) found = Math.min(found, values[i]);
  return found;
}
