import {
  BERNOULLI_LOGIT,
  DESCRIPTOR,
  KERNEL,
  LAMBDA,
  MANTISSAS,
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
import { exp, exponentField, log, sum, unitMantissa } from "../vector";
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
/** Beside the largest of the nodes' weights, which are about 1. */
const NEGLIGIBLE: f64 = 1e-18;

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
  const weights = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const mode = load<f64>(modeOf(level));
  const atMode = f64x2.extract_lane(cumulant(first, end, exp(f64x2.splat(sd * mode))), 0);
  const middle = (width >> 1) & ~15;
  memory.fill(weights, 0, width);
  let total = f64x2.splat(0);
  for (let node = middle; node < width; node += 16) {
    const weight = layPair(level, first, end, sd, atMode, node);
    total = f64x2.add(total, weight);
    if (countsNothing(weight)) break;
  }
  for (let node = middle; node >= 16; node -= 16) {
    const weight = layPair(level, first, end, sd, atMode, node - 16);
    total = f64x2.add(total, weight);
    if (countsNothing(weight)) break;
  }
  const inverse = f64x2.splat(1 / sum(total));
  for (let node: usize = 0; node < width; node += 16)
    v128.store(weights + node, f64x2.mul(inverse, v128.load(weights + node)));
  const logWidth = f64x2.extract_lane(log(f64x2.splat(sum(total) / load<f64>(factorOf(level)))), 0);
  return logWidth + responseOf(level) * sd * mode - atMode - 0.5 * mode * mode;
}

function countsNothing(weight: v128): bool {
  return f64x2.extract_lane(weight, 0) < NEGLIGIBLE && f64x2.extract_lane(weight, 1) < NEGLIGIBLE;
}

/** What the nodes add to the effect at its mode. */
function shiftNodes(level: usize, sd: f64): void {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const shifts = load<usize>(DESCRIPTOR + NODE_SHIFTS);
  const scale = f64x2.splat(sd / load<f64>(factorOf(level)));
  for (let node: usize = 0; node < width; node += 16) v128.store(shifts + node, f64x2.mul(scale, v128.load(x + node)));
}

/** The integrand at two nodes over what `atMode` has it at the mode, times their weights; NaN where an exponential is too large. */
function layPair(level: usize, first: usize, end: usize, sd: f64, atMode: f64, node: usize): v128 {
  const mode = f64x2.splat(load<f64>(modeOf(level)));
  const shift = v128.load(load<usize>(DESCRIPTOR + NODE_SHIFTS) + node);
  const step = f64x2.mul(
    f64x2.splat(1 / load<f64>(factorOf(level))),
    v128.load(load<usize>(DESCRIPTOR + NODE_X) + node),
  );
  const b = f64x2.add(f64x2.mul(f64x2.splat(sd), mode), shift);
  const E = exp(b);
  v128.store(load<usize>(DESCRIPTOR + NODE_STEPS) + node, E);
  const logDensity = f64x2.mul(step, f64x2.add(mode, f64x2.mul(f64x2.splat(0.5), step)));
  const logWeight = f64x2.sub(v128.load(load<usize>(DESCRIPTOR + NODE_LOG_WEIGHTS) + node), logDensity);
  const gain = f64x2.add(f64x2.mul(f64x2.splat(responseOf(level)), shift), f64x2.splat(atMode));
  const logValue = f64x2.add(logWeight, f64x2.sub(gain, cumulant(first, end, E)));
  const weight = f64x2.div(exp(logValue), v128.load(DESCRIPTOR + MANTISSAS));
  v128.store(load<usize>(DESCRIPTOR + NODE_WEIGHTS) + node, weight);
  const furthest = f64x2.abs(b);
  const isNear = max(f64x2.extract_lane(furthest, 0), f64x2.extract_lane(furthest, 1)) <= LARGEST;
  return isNear ? weight : f64x2.splat(NaN);
}

/**
 * Sum of a level's log normalisers at two nodes, log(1 + odds) for each trial or the mean, less the logs of the numbers in [1, 2) that are left in
 * `MANTISSAS`.
 */
function cumulant(first: usize, end: usize, E: v128): v128 {
  const e = load<usize>(DESCRIPTOR + ROW_FIXED);
  const kernel = load<u32>(DESCRIPTOR + KERNEL);
  if (kernel === BERNOULLI_LOGIT) return productOfOdds(first, end, E);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  let total = f64x2.splat(0);
  v128.store(DESCRIPTOR + MANTISSAS, f64x2.splat(1));
  if (kernel === POISSON_LOG) {
    for (let i = first; i < end; i += 8) total = f64x2.add(total, v128.load64_splat(e + i));
    return f64x2.mul(total, E);
  }
  for (let i = first; i < end; i += 8) {
    const one = log(f64x2.add(f64x2.splat(1), f64x2.mul(v128.load64_splat(e + i), E)));
    total = f64x2.add(total, f64x2.mul(v128.load64_splat(trials + i), one));
  }
  return total;
}

/** Of single trials: the product of 1 + e E over the rows, its power of two as a log. */
function productOfOdds(first: usize, end: usize, E: v128): v128 {
  const e = load<usize>(DESCRIPTOR + ROW_FIXED);
  const one = f64x2.splat(1);
  let mantissas = one;
  let exponents = i64x2.splat(0);
  for (let i = first; i < end; i += 16) {
    const left = f64x2.add(one, f64x2.mul(v128.load64_splat(e + i), E));
    const right = f64x2.add(one, f64x2.mul(v128.load64_splat(e + i + 8), E));
    const product = f64x2.mul(mantissas, f64x2.mul(left, right));
    mantissas = unitMantissa(product);
    exponents = i64x2.add(exponents, i64x2.sub(exponentField(product), i64x2.splat(1023)));
  }
  v128.store(DESCRIPTOR + MANTISSAS, mantissas);
  const power = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(exponents, exponents, 0, 2, 0, 2));
  return f64x2.mul(power, f64x2.splat(Math.LN2));
}
