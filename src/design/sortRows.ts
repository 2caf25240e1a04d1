import { isLong, runSync, type Steps } from "../math/steps.js";

/** Codes of n rows, each in [0, size). */
export interface SortKey {
  readonly codes: Int32Array;
  readonly size: number;
}

/** The stable order of n rows by the keys, the first one foremost: one counting sort a key, from the last to the first. */
export function sortRows(keys: readonly SortKey[], rows: number): Int32Array {
  return runSync(sortRowsSteps(keys, rows));
}

/** `sortRows`, with pauses where there are many rows. */
export function* sortRowsSteps(keys: readonly SortKey[], rows: number): Steps<Int32Array> {
  let order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  for (const key of [...keys].reverse()) {
    order = countingSort(order, key);
    if (isLong(rows)) yield;
  }
  return order;
}

function countingSort(order: Int32Array, { codes, size }: SortKey): Int32Array<ArrayBuffer> {
  const next = new Int32Array(size + 1);
  for (const code of codes) next[code + 1] = next[code + 1] + 1;
  for (let code = 0; code < size; code++) next[code + 1] = next[code + 1] + next[code];
  const sorted = new Int32Array(order.length);
  for (const row of order) {
    const code = codes[row];
    const place = next[code];
    sorted[place] = row;
    next[code] = place + 1;
  }
  return sorted;
}
