import {
  BERNOULLI_LOGIT,
  DESCRIPTOR,
  ETA,
  KERNEL,
  MANTISSAS,
  NODE_SHARES,
  NODE_WORK,
  NODES_FROM,
  NODES_TO,
  PATTERN_AVERAGE,
  PATTERN_CURVATURE,
  PATTERN_END,
  PATTERN_FIRST,
  PATTERN_LIMIT,
  PATTERN_MEAN,
  PATTERN_RESPONSE,
  PATTERN_SCORE,
  PATTERN_SLOPE,
  PATTERN_TOTAL,
  POISSON_LOG,
  POWERS,
  ROW_FACTORS,
  ROW_MEANS,
  ROW_RESPONSE,
  ROW_TRIALS,
} from "../../descriptor";
import { exp, exponentField, log, sum, unitMantissa } from "../vector";

/**
 * In these families the rows know the linear predictor by its exponential alone, and exp(eta + z'b) is the product of one for each row and one
 * for each pattern, E. With a log link the pattern is known by the sum of the former.
 */

/** Products of two exponentials of numbers within it, and of two such products, are far from the ends of the range. */
export const LARGEST: f64 = 150;

/** The fixed part turned into its exponential; returns the sum of y eta, NaN where an exponential is too large. */
export function exponentiateRows(bytes: usize): f64 {
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  const y = load<usize>(DESCRIPTOR + ROW_RESPONSE);
  let total = f64x2.splat(0);
  let most = f64x2.splat(-Infinity);
  for (let i: usize = 0; i < bytes; i += 16) {
    const eta = v128.load(rows + i);
    most = f64x2.max(most, eta);
    total = f64x2.add(total, f64x2.mul(v128.load(y + i), eta));
    v128.store(rows + i, exp(eta));
  }
  const largest = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  return largest <= LARGEST ? sum(total) : NaN;
}

export function isPoisson(): bool {
  return load<u32>(DESCRIPTOR + KERNEL) === POISSON_LOG;
}

function firstRow(pattern: usize): usize {
  return load<u32>(pattern + PATTERN_FIRST);
}

function endRow(pattern: usize): usize {
  return load<u32>(pattern + PATTERN_END);
}

export function totalRows(pattern: usize): void {
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  const end = endRow(pattern);
  let total = f64x2.splat(0);
  for (let i = firstRow(pattern); i < end; i += 16) total = f64x2.add(total, v128.load(rows + i));
  store<f64>(pattern + PATTERN_TOTAL, sum(total));
}

/** Sums over a pattern's rows of the mean, its slope and the slope's. */
export function sumRows(pattern: usize, E: f64): void {
  if (isPoisson()) {
    const mean = E * load<f64>(pattern + PATTERN_TOTAL);
    store<f64>(pattern + PATTERN_MEAN, mean);
    store<f64>(pattern + PATTERN_SLOPE, mean);
    store<f64>(pattern + PATTERN_CURVATURE, mean);
    return;
  }
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const end = endRow(pattern);
  const factor = f64x2.splat(E);
  let means = f64x2.splat(0);
  let slopes = means;
  let curvatures = means;
  for (let i = firstRow(pattern); i < end; i += 16) {
    const odds = f64x2.mul(v128.load(rows + i), factor);
    const q = f64x2.div(f64x2.splat(1), f64x2.add(f64x2.splat(1), odds));
    const p = f64x2.mul(odds, q);
    const mean = trials ? f64x2.mul(v128.load(trials + i), p) : p;
    const slope = f64x2.mul(mean, q);
    means = f64x2.add(means, mean);
    slopes = f64x2.add(slopes, slope);
    curvatures = f64x2.add(curvatures, f64x2.mul(slope, f64x2.sub(q, p)));
  }
  store<f64>(pattern + PATTERN_MEAN, sum(means));
  store<f64>(pattern + PATTERN_SLOPE, sum(slopes));
  store<f64>(pattern + PATTERN_CURVATURE, sum(curvatures));
}

/** Sum of a pattern's log normalisers at two nodes, log(1 + odds) for each trial or the mean, without what it multiplies the product by. */
export function cumulant(pattern: usize, E: v128): v128 {
  if (isPoisson()) return f64x2.mul(v128.load64_splat(pattern + PATTERN_TOTAL), E);
  if (load<u32>(DESCRIPTOR + KERNEL) === BERNOULLI_LOGIT) {
    multiplyProduct(pattern, E);
    return f64x2.splat(0);
  }
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const end = endRow(pattern);
  let total = f64x2.splat(0);
  for (let i = firstRow(pattern); i < end; i += 8)
    total = f64x2.add(total, f64x2.mul(v128.load64_splat(trials + i), log(onePlusOdds(rows + i, E))));
  return total;
}

function onePlusOdds(row: usize, E: v128): v128 {
  return f64x2.add(f64x2.splat(1), f64x2.mul(v128.load64_splat(row), E));
}

/** The likelihood of single trials at two nodes is one over the product of 1 + odds, which is kept as mantissas in [1, 2) and powers of two. */
export function startProduct(): void {
  v128.store(DESCRIPTOR + MANTISSAS, f64x2.splat(1));
  v128.store(DESCRIPTOR + POWERS, i64x2.splat(0));
}

function multiplyProduct(pattern: usize, E: v128): void {
  const largest = f64x2.mul(v128.load64_splat(pattern + PATTERN_TOTAL), E);
  const isLarge = v128.any_true(f64x2.gt(largest, v128.load64_splat(pattern + PATTERN_LIMIT)));
  if (isLarge) multiplyLarge(pattern, E);
  else multiplyBy(productOfRows(firstRow(pattern), endRow(pattern), E));
}

/** Of the rows' 1 + odds, where that is within the range of numbers. */
function productOfRows(first: usize, end: usize, E: v128): v128 {
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  let left = f64x2.splat(1);
  let right = left;
  for (let i = first; i < end; i += 16) {
    left = f64x2.mul(left, onePlusOdds(rows + i, E));
    right = f64x2.mul(right, onePlusOdds(rows + i + 8, E));
  }
  return f64x2.mul(left, right);
}

function multiplyLarge(pattern: usize, E: v128): void {
  const end = endRow(pattern);
  for (let i = firstRow(pattern); i < end; i += 16) multiplyBy(productOfRows(i, i + 16, E));
}

function multiplyBy(factor: v128): void {
  const product = f64x2.mul(v128.load(DESCRIPTOR + MANTISSAS), factor);
  const powers = i64x2.sub(exponentField(product), i64x2.splat(1023));
  v128.store(DESCRIPTOR + MANTISSAS, unitMantissa(product));
  v128.store(DESCRIPTOR + POWERS, i64x2.add(v128.load(DESCRIPTOR + POWERS), powers));
}

/** The first node's. */
export function powerOfProduct(): i64 {
  return load<i64>(DESCRIPTOR + POWERS);
}

export function logOfPower(): v128 {
  const powers = v128.load(DESCRIPTOR + POWERS);
  return f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i32>(powers, powers, 0, 2, 0, 2)), f64x2.splat(Math.LN2));
}

/** 2^power over the product's powers of two; where that is no normal number, the nearest. */
export function overPower(power: i64): v128 {
  const difference = i64x2.sub(i64x2.splat(power), v128.load(DESCRIPTOR + POWERS));
  const bounded = i32x4.min_s(i32x4.max_s(difference, i32x4.splat(-1022)), i32x4.splat(1023));
  return i64x2.shl(i64x2.add(bounded, i64x2.splat(1023)), 52);
}

/** The means over the nodes of a pattern's score and of its rows' means; leaves its score at each node times the node's share in `NODE_WORK`. */
export function averageRows(pattern: usize, factors: usize): void {
  const from = load<usize>(DESCRIPTOR + NODES_FROM);
  const to = load<usize>(DESCRIPTOR + NODES_TO);
  const shares = load<usize>(DESCRIPTOR + NODE_SHARES);
  const scores = load<usize>(DESCRIPTOR + NODE_WORK);
  const response = v128.load64_splat(pattern + PATTERN_RESPONSE);
  const total = v128.load64_splat(pattern + PATTERN_TOTAL);
  const isLog = isPoisson();
  if (!isLog) clearMeans(pattern);
  let average = f64x2.splat(0);
  let score = f64x2.splat(0);
  for (let node = from; node < to; node += 16) {
    const E = v128.load(factors + node);
    const share = v128.load(shares + node);
    const mean = isLog ? f64x2.mul(total, E) : addMeans(pattern, E, share);
    const weighted = f64x2.mul(share, f64x2.sub(response, mean));
    average = f64x2.add(average, f64x2.mul(share, E));
    score = f64x2.add(score, weighted);
    v128.store(scores + node, weighted);
  }
  store<f64>(pattern + PATTERN_AVERAGE, sum(average));
  store<f64>(pattern + PATTERN_SCORE, sum(score));
}

function clearMeans(pattern: usize): void {
  const end = endRow(pattern);
  const means = load<usize>(DESCRIPTOR + ROW_MEANS);
  for (let i = firstRow(pattern); i < end; i += 8) v128.store(means + (i << 1), f64x2.splat(0));
}

/** The sums over a pattern's rows of their means at two nodes; adds what the nodes' shares make of them to each row's. */
function addMeans(pattern: usize, E: v128, share: v128): v128 {
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const end = endRow(pattern);
  const one = f64x2.splat(1);
  let i = firstRow(pattern);
  let means = load<usize>(DESCRIPTOR + ROW_MEANS) + (i << 1);
  let total = f64x2.splat(0);
  for (; i < end; i += 8, means += 16) {
    const odds = f64x2.mul(v128.load64_splat(rows + i), E);
    let mean = f64x2.div(odds, f64x2.add(one, odds));
    if (trials) mean = f64x2.mul(v128.load64_splat(trials + i), mean);
    total = f64x2.add(total, mean);
    v128.store(means, f64x2.add(v128.load(means), f64x2.mul(share, mean)));
  }
  return total;
}

/** The derivative of each of a pattern's rows: its mean score, and so much of its slope at the mode and of the slope's. */
export function writeRows(pattern: usize, E: f64, ofSlope: f64, ofCurvature: f64): void {
  const rows = load<usize>(DESCRIPTOR + ROW_FACTORS);
  const y = load<usize>(DESCRIPTOR + ROW_RESPONSE);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const averages = load<usize>(DESCRIPTOR + ROW_MEANS);
  const out = load<usize>(DESCRIPTOR + ETA);
  const end = endRow(pattern);
  if (isPoisson()) {
    const ofRow = f64x2.splat(E * (ofSlope + ofCurvature) - load<f64>(pattern + PATTERN_AVERAGE));
    for (let i = firstRow(pattern); i < end; i += 16)
      v128.store(out + i, f64x2.add(v128.load(y + i), f64x2.mul(ofRow, v128.load(rows + i))));
    return;
  }
  const one = f64x2.splat(1);
  for (let i = firstRow(pattern); i < end; i += 16) {
    const odds = f64x2.mul(v128.load(rows + i), f64x2.splat(E));
    const q = f64x2.div(one, f64x2.add(one, odds));
    const p = f64x2.mul(odds, q);
    let slope = f64x2.mul(p, q);
    if (trials) slope = f64x2.mul(v128.load(trials + i), slope);
    const curvature = f64x2.mul(slope, f64x2.sub(q, p));
    const left = v128.load(averages + (i << 1));
    const right = v128.load(averages + (i << 1) + 16);
    const mean = f64x2.add(v128.shuffle<f64>(left, right, 0, 2), v128.shuffle<f64>(left, right, 1, 3));
    const score = f64x2.sub(v128.load(y + i), mean);
    const moved = f64x2.add(f64x2.mul(f64x2.splat(ofSlope), slope), f64x2.mul(f64x2.splat(ofCurvature), curvature));
    v128.store(out + i, f64x2.add(score, moved));
  }
}
