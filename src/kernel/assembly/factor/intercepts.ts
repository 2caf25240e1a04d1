import {
  BERNOULLI_LOGIT,
  DESCRIPTOR,
  KERNEL,
  LAMBDA,
  NODE_LOG_WEIGHTS,
  NODE_SHIFTS,
  NODE_STEPS,
  NODE_WEIGHTS,
  NODE_X,
  NODES,
  POISSON_LOG,
  ROW_FIXED,
  ROW_RESPONSE,
  ROW_TRIALS,
  SUM_CURVATURE,
  SUM_MEAN,
  SUM_SLOPE,
} from "../../descriptor";
import { normalise } from "../nodes";
import { exp, exponentField, log, logOfProducts, sum, unitMantissa } from "../vector";
import { differentiateIntercept } from "./interceptDerivatives";
import { factorOf, modeOf, responseOf, writeMoments } from "./levels";

/** Products of two exponentials of numbers within it, and of two such products, are far from the ends of the range. */
const LARGEST: f64 = 150;
/** Newton's method as in conditionalModes.ts. */
const CLOSE: f64 = 1e-12;
const EXACT: f64 = 1e-22;
const MOST_STEPS: i32 = 100;
/** A step's effect on a linear predictor: further off an exponential's curvature says nothing. */
const LONGEST: f64 = 4;
/** A node whose log integrand is so far below the largest counts nothing. */
const DEEPEST: f64 = 50;
/** Rows, in bytes, whose factors one product of mantissas can hold. */
const CHUNK: usize = 1000 << 3;

/**
 * The integral over one level's intercept. In these families the rows know the linear predictor by its exponential alone, and exp(eta + b) is
 * the product of one for each row and one for each node. NaN where it cannot be computed.
 */
export function integrateIntercept(level: usize, first: usize, end: usize, derivatives: bool): f64 {
  const sd = load<f64>(load<usize>(DESCRIPTOR + LAMBDA));
  if (!findMode(level, first, end, sd)) return NaN;
  shiftNodes(level, sd);
  const value = layNodes(level, first, end, sd);
  writeMoments(level);
  if (derivatives) differentiateIntercept(level, first, end, sd);
  return value;
}

/** The fixed part turned into its exponential; returns the sum of y eta, NaN where an exponential is too large. */
export function exponentiateRows(bytes: usize): f64 {
  const fixed = load<usize>(DESCRIPTOR + ROW_FIXED);
  const y = load<usize>(DESCRIPTOR + ROW_RESPONSE);
  let total = f64x2.splat(0);
  let most = f64x2.splat(-Infinity);
  for (let i: usize = 0; i < bytes; i += 16) {
    const eta = v128.load(fixed + i);
    most = f64x2.max(most, eta);
    total = f64x2.add(total, f64x2.mul(v128.load(y + i), eta));
    v128.store(fixed + i, exp(eta));
  }
  const largest = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  return largest <= LARGEST ? sum(total) : NaN;
}

/**
 * Newton's method within a bracket: the slope s of the log integrand falls by at least 1 for each 1 of u, so that the mode lies between u
 * and u + s.
 */
function findMode(level: usize, first: usize, end: usize, sd: f64): bool {
  const response = responseOf(level);
  const place = modeOf(level);
  let u = load<f64>(place);
  if (!(abs(sd * u) <= LARGEST)) u = 0;
  let below = -Infinity;
  let above = Infinity;
  let isPolished = false;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (abs(sd * u) > LARGEST) return false;
    sumRows(first, end, f64x2.extract_lane(exp(f64x2.splat(sd * u)), 0));
    const slope = sd * (response - load<f64>(DESCRIPTOR + SUM_MEAN)) - u;
    const curvature = 1 + sd * sd * load<f64>(DESCRIPTOR + SUM_SLOPE);
    const newton = slope / curvature;
    const decrement = slope * newton;
    if (!(decrement >= 0)) return false;
    if (isPolished || decrement < EXACT) {
      store<f64>(place, u);
      store<f64>(factorOf(level), Math.sqrt(curvature));
      return true;
    }
    isPolished = decrement < CLOSE;
    below = max(below, slope > 0 ? u : u + slope);
    above = min(above, slope > 0 ? u + slope : u);
    const next = u + newton * min(1, LONGEST / abs(sd * newton));
    u = isPolished || (next > below && next < above) ? next : 0.5 * (below + above);
  }
  return false;
}

/** Sums over a level's rows of the mean, its slope and the slope's, where the effect's exponential is E. */
function sumRows(first: usize, end: usize, E: f64): void {
  const e = load<usize>(DESCRIPTOR + ROW_FIXED);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const effect = f64x2.splat(E);
  let means = f64x2.splat(0);
  let slopes = means;
  let curvatures = means;
  if (load<u32>(DESCRIPTOR + KERNEL) === POISSON_LOG) {
    for (let i = first; i < end; i += 16) means = f64x2.add(means, v128.load(e + i));
    means = f64x2.mul(means, effect);
    slopes = means;
    curvatures = means;
  } else {
    for (let i = first; i < end; i += 16) {
      const odds = f64x2.mul(v128.load(e + i), effect);
      const q = f64x2.div(f64x2.splat(1), f64x2.add(f64x2.splat(1), odds));
      const p = f64x2.mul(odds, q);
      const mean = trials ? f64x2.mul(v128.load(trials + i), p) : p;
      const slope = f64x2.mul(mean, q);
      means = f64x2.add(means, mean);
      slopes = f64x2.add(slopes, slope);
      curvatures = f64x2.add(curvatures, f64x2.mul(slope, f64x2.sub(q, p)));
    }
  }
  store<f64>(DESCRIPTOR + SUM_MEAN, sum(means));
  store<f64>(DESCRIPTOR + SUM_SLOPE, sum(slopes));
  store<f64>(DESCRIPTOR + SUM_CURVATURE, sum(curvatures));
}

/**
 * The log of one level's integral; keeps the nodes' shares in it and their exponentials. NaN where an exponential is too large. The integrand
 * is log-concave: from the middle outwards, nodes beyond one that counts nothing count nothing.
 */
function layNodes(level: usize, first: usize, end: usize, sd: f64): f64 {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const shares = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const middle = (width >> 1) & ~15;
  let most = -Infinity;
  let node = middle;
  for (; node < width; node += 16) {
    const value = layPair(level, first, end, sd, node);
    if (value < most - DEEPEST) break;
    most = max(most, value);
  }
  for (; node < width; node += 16) v128.store(shares + node, f64x2.splat(-Infinity));
  for (node = middle; node >= 16; node -= 16) {
    const value = layPair(level, first, end, sd, node - 16);
    if (value < most - DEEPEST) break;
    most = max(most, value);
  }
  for (; node >= 16; node -= 16) v128.store(shares + node - 16, f64x2.splat(-Infinity));
  const logRoot = f64x2.extract_lane(log(f64x2.splat(load<f64>(factorOf(level)))), 0);
  return normalise(shares, width, most) - logRoot;
}

/** What the nodes add to the effect at its mode. */
function shiftNodes(level: usize, sd: f64): void {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const shifts = load<usize>(DESCRIPTOR + NODE_SHIFTS);
  const scale = f64x2.splat(sd / load<f64>(factorOf(level)));
  for (let node: usize = 0; node < width; node += 16) v128.store(shifts + node, f64x2.mul(scale, v128.load(x + node)));
}

/** The log integrand at two nodes with their weights; returns the larger, NaN where an exponential is too large. */
function layPair(level: usize, first: usize, end: usize, sd: f64, node: usize): f64 {
  const step = f64x2.splat(1 / load<f64>(factorOf(level)));
  const mode = f64x2.splat(load<f64>(modeOf(level)));
  const u = f64x2.add(mode, f64x2.mul(step, v128.load(load<usize>(DESCRIPTOR + NODE_X) + node)));
  const b = f64x2.mul(f64x2.splat(sd), u);
  const E = exp(b);
  v128.store(load<usize>(DESCRIPTOR + NODE_STEPS) + node, E);
  const slope = f64x2.splat(responseOf(level));
  const logWeights = v128.load(load<usize>(DESCRIPTOR + NODE_LOG_WEIGHTS) + node);
  const logDensity = f64x2.sub(logWeights, f64x2.mul(f64x2.mul(f64x2.splat(0.5), u), u));
  const value = f64x2.add(logDensity, f64x2.sub(f64x2.mul(slope, b), cumulant(first, end, E)));
  v128.store(load<usize>(DESCRIPTOR + NODE_WEIGHTS) + node, value);
  const furthest = f64x2.abs(b);
  if (max(f64x2.extract_lane(furthest, 0), f64x2.extract_lane(furthest, 1)) > LARGEST) return NaN;
  return max(f64x2.extract_lane(value, 0), f64x2.extract_lane(value, 1));
}

/** Sum of a level's log normalisers at two nodes: log(1 + odds) for each trial, or the mean. */
function cumulant(first: usize, end: usize, E: v128): v128 {
  const e = load<usize>(DESCRIPTOR + ROW_FIXED);
  const kernel = load<u32>(DESCRIPTOR + KERNEL);
  let total = f64x2.splat(0);
  if (kernel === POISSON_LOG) {
    for (let i = first; i < end; i += 8) total = f64x2.add(total, v128.load64_splat(e + i));
    return f64x2.mul(total, E);
  }
  if (kernel === BERNOULLI_LOGIT) {
    for (; first < end; first += CHUNK) total = f64x2.add(total, logOdds(e + first, min(CHUNK, end - first), E));
    return total;
  }
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  for (let i = first; i < end; i += 8) {
    const one = log(f64x2.add(f64x2.splat(1), f64x2.mul(v128.load64_splat(e + i), E)));
    total = f64x2.add(total, f64x2.mul(v128.load64_splat(trials + i), one));
  }
  return total;
}

/** The log of the product of 1 + e E over some rows, an even number. */
function logOdds(e: usize, bytes: usize, E: v128): v128 {
  const one = f64x2.splat(1);
  let mantissas = one;
  let exponents = i64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const left = f64x2.add(one, f64x2.mul(v128.load64_splat(e + i), E));
    const right = f64x2.add(one, f64x2.mul(v128.load64_splat(e + i + 8), E));
    const both = f64x2.mul(left, right);
    mantissas = f64x2.mul(mantissas, unitMantissa(both));
    exponents = i64x2.add(exponents, exponentField(both));
  }
  return logOfProducts(mantissas, exponents, bytes >> 4);
}
