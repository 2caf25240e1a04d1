import { meanOf } from "./moments.js";

/** All draws of several chains in ascending order, NaN last. */
export interface SortedDraws {
  readonly values: Float64Array;
  /** Where each value stands in the concatenation of the chains. */
  readonly order: Uint32Array;
}

/** Bits of a digit; three digits make up a key of 32 bits. */
const DIGIT = 11;
const BUCKETS = 1 << DIGIT;
const NAN_KEY = 0xffffffff;

/**
 * Sorts by 32-bit keys in linear time, then by insertion where keys have collided. Ranks come with the order for free, which is
 * why this is several times faster for thousands of draws than sorting the values and searching for each.
 */
export function sortDraws(chains: readonly Float64Array[]): SortedDraws {
  const draws = concatenate(chains);
  const keys = sortKeys(draws);
  let order = new Uint32Array(draws.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  for (let shift = 0; shift < 32; shift += DIGIT) order = sortByDigit(order, keys, shift);
  const values = new Float64Array(draws.length);
  for (let i = 0; i < order.length; i++) values[i] = draws[order[i]];
  insertionSort(values, order);
  return { values, order };
}

function concatenate(chains: readonly Float64Array[]): Float64Array {
  const draws = new Float64Array(chains.reduce((total, chain) => total + chain.length, 0));
  let end = 0;
  for (const chain of chains) {
    draws.set(chain, end);
    end += chain.length;
  }
  return draws;
}

/** Unsigned integers that never order two draws the wrong way: the bits of the distance from the mean in single precision. */
function sortKeys(draws: Float64Array): Uint32Array {
  const mean = meanOf([draws]);
  const centre = Number.isFinite(mean) ? mean : 0;
  const distances = new Float32Array(draws.length);
  for (let i = 0; i < draws.length; i++) distances[i] = draws[i] - centre;
  const keys = new Uint32Array(distances.buffer);
  for (let i = 0; i < keys.length; i++) {
    // Negative numbers have the sign bit set and grow downwards.
    if (Number.isNaN(distances[i])) keys[i] = NAN_KEY;
    else keys[i] = keys[i] >>> 31 === 1 ? ~keys[i] : keys[i] | 0x80000000;
  }
  return keys;
}

function sortByDigit(order: Uint32Array, keys: Uint32Array, shift: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(BUCKETS);
  for (let i = 0; i < keys.length; i++) next[(keys[i] >>> shift) & (BUCKETS - 1)]++;
  let start = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = next[bucket];
    next[bucket] = start;
    start += count;
  }
  const result = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) result[next[(keys[order[i]] >>> shift) & (BUCKETS - 1)]++] = order[i];
  return result;
}

function insertionSort(values: Float64Array, order: Uint32Array): void {
  for (let i = 1; i < values.length; i++) {
    const value = values[i];
    const position = order[i];
    let hole = i;
    for (; hole > 0 && values[hole - 1] > value; hole--) {
      values[hole] = values[hole - 1];
      order[hole] = order[hole - 1];
    }
    values[hole] = value;
    order[hole] = position;
  }
}
