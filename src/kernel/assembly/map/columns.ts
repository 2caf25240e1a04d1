/** Arithmetic on columns of f64 that start on 16 bytes, `bytes` of them at once; a step is the bytes from one column of a matrix to the next. */

import { addTo } from "../fixedPart";
import { exponentField, logOfProducts, sum, unitMantissa } from "../vector";

/** Of a column of so many levels, in pairs. */
export function bytesOf(levels: usize): usize {
  return ((levels + 1) & ~1) << 3;
}

/** out = (out - the sum of `count` products of columns of a and b) scale; mostly there is none, or one. */
export function solveEntry(
  out: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  count: usize,
  scale: usize,
  bytes: usize,
): void {
  if (count > 0) subtractProducts(out, a, aStep, b, bStep, count, bytes);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f64x2.mul(v128.load(out + i), v128.load(scale + i)));
}

/** out -= the sum of at least one product */
export function subtractProducts(
  out: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  count: usize,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    let rest = f64x2.sub(v128.load(out + i), f64x2.mul(v128.load(a + i), v128.load(b + i)));
    if (count > 1)
      for (let k = count - 1, x = a + i + aStep, y = b + i + bStep; k > 0; k--, x += aStep, y += bStep)
        rest = f64x2.sub(rest, f64x2.mul(v128.load(x), v128.load(y)));
    v128.store(out + i, rest);
  }
}

/** out = - the sum of at least one product */
export function negativeProducts(
  out: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  count: usize,
  bytes: usize,
): void {
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(out + i, f64x2.mul(f64x2.neg(v128.load(a + i)), v128.load(b + i)));
  if (count > 1) subtractProducts(out, a + aStep, aStep, b + bStep, bStep, count - 1, bytes);
}

/** out = 1 / sqrt(out - the sum of squares of columns of a) */
export function reciprocalRoot(out: usize, a: usize, step: usize, count: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    let rest = v128.load(out + i);
    for (let k = count, x = a + i; k > 0; k--, x += step) {
      const entry = v128.load(x);
      rest = f64x2.sub(rest, f64x2.mul(entry, entry));
    }
    v128.store(out + i, f64x2.div(f64x2.splat(1), f64x2.sqrt(rest)));
  }
}

/** The levels from `first` on of level-major numbers, q a level, as columns, with 0 where an odd number of levels is padded. */
export function take(to: usize, step: usize, from: usize, first: usize, q: usize, levels: usize): void {
  from += (first * q) << 3;
  for (let c: usize = 0; c < q; c++, to += step, from += 8) {
    if (q === 1) memory.copy(to, from, levels << 3);
    else for (let i: usize = 0, at = from; i < levels; i++, at += q << 3) store<f64>(to + (i << 3), load<f64>(at));
    if (levels & 1) store<f64>(to + (levels << 3), 0);
  }
}

/** The inverse of `take`. */
export function give(to: usize, first: usize, q: usize, levels: usize, from: usize, step: usize): void {
  to += (first * q) << 3;
  for (let c: usize = 0; c < q; c++, to += 8, from += step) {
    if (q === 1) memory.copy(to, from, levels << 3);
    else for (let i: usize = 0, at = to; i < levels; i++, at += q << 3) store<f64>(at, load<f64>(from + (i << 3)));
  }
}

/** The numbers of a column from others, `step` bytes apart, by an index of them. */
export function gatherColumn(column: usize, index: usize, count: usize, from: usize, step: usize): void {
  for (let i: usize = 0; i < count; i++)
    store<f64>(column + (i << 3), load<f64>(from + <usize>load<u32>(index + (i << 2)) * step));
}

/**
 * Adds the numbers of a column to others, `step` bytes apart, by an index of them: in four quarters at once, for neighbours mostly have the
 * same index and would wait for one another.
 */
export function scatterColumn(column: usize, index: usize, count: usize, to: usize, step: usize): void {
  const quarter = count >> 2;
  for (let i: usize = 0; i < quarter; i++) {
    scatterOne(column, index, i, to, step);
    scatterOne(column, index, i + quarter, to, step);
    scatterOne(column, index, i + 2 * quarter, to, step);
    scatterOne(column, index, i + 3 * quarter, to, step);
  }
  for (let i: usize = 4 * quarter; i < count; i++) scatterOne(column, index, i, to, step);
}

function scatterOne(column: usize, index: usize, i: usize, to: usize, step: usize): void {
  addTo(to + <usize>load<u32>(index + (i << 2)) * step, load<f64>(column + (i << 3)));
}

/** The sum of the first `count` numbers of a column. */
export function sumOf(column: usize, count: usize): f64 {
  let total = f64x2.splat(0);
  const end = column + ((count & ~1) << 3);
  for (; column < end; column += 16) total = f64x2.add(total, v128.load(column));
  return count & 1 ? sum(total) + load<f64>(column) : sum(total);
}

/** Subtracts a multiple of one array from another, up to before `end`, both `step` bytes apart. */
export function subtractMultiple(out: usize, multiple: f64, from: usize, step: usize, end: usize): void {
  for (; out < end; out += step, from += step) store<f64>(out, load<f64>(out) - multiple * load<f64>(from));
}

/** The sum of the products of `count` numbers of two arrays, `step` bytes apart. */
export function sumOfProducts(a: usize, b: usize, step: usize, count: usize): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  for (const end = a + (count & ~1) * step; a < end; a += 2 * step, b += 2 * step) {
    even += load<f64>(a) * load<f64>(b);
    odd += load<f64>(a + step) * load<f64>(b + step);
  }
  return count & 1 ? even + odd + load<f64>(a) * load<f64>(b) : even + odd;
}

/** Pairs of which, with one more, a product of mantissas stays in the range of f64. */
const MOST_PAIRS: usize = 999;

/** The sum of the logs of the first `count` numbers of a column, which are reciprocals of roots; NaN unless all of them are positive and finite. */
export function sumLogs(column: usize, count: usize): f64 {
  let total: f64 = 0;
  for (; count > 2 * MOST_PAIRS; count -= 2 * MOST_PAIRS, column += MOST_PAIRS << 4)
    total += logOfPairs(column, MOST_PAIRS, f64x2.splat(1));
  const last = load<f64>(column + ((count - 1) << 3));
  const ones = f64x2.splat(1);
  return total + logOfPairs(column, count >> 1, count & 1 ? f64x2.replace_lane(ones, 0, last) : ones);
}

/** With one pair more, given. */
function logOfPairs(column: usize, pairs: usize, rest: v128): f64 {
  let mantissas = unitMantissa(rest);
  let exponents = exponentField(rest);
  let valid = isPositive(rest);
  for (const end = column + (pairs << 4); column < end; column += 16) {
    const x = v128.load(column);
    valid = v128.and(valid, isPositive(x));
    mantissas = f64x2.mul(mantissas, unitMantissa(x));
    exponents = i64x2.add(exponents, exponentField(x));
  }
  return i64x2.all_true(valid) ? sum(logOfProducts(mantissas, exponents, pairs + 1)) : NaN;
}

function isPositive(x: v128): v128 {
  return v128.and(f64x2.gt(x, f64x2.splat(0)), f64x2.lt(x, f64x2.splat(Infinity)));
}
