import {
  AXIS,
  AXIS_BYTES,
  AXIS_STEP,
  BERNOULLI_LOGIT,
  DESCRIPTOR,
  KERNEL,
  LAMBDA,
  LEVEL_MOMENTS,
  MANTISSAS,
  NODE_EFFECTS,
  NODE_FACTORS,
  NODE_LOG_WEIGHTS,
  NODE_SHARES,
  NODE_STEPS,
  NODE_WORK,
  NODE_X,
  NODES,
  NODES_FROM,
  NODES_TO,
  PATTERN_FACTOR,
  PATTERN_RESPONSE,
} from "../../descriptor";
import { exp, log, sum } from "../vector";
import {
  addMultiple,
  copyVector,
  dot,
  factorOf,
  modeOf,
  patternBytes,
  setMultiple,
  vectorAt,
  vectorOf,
  W,
  WORK,
} from "./patterns";
import { cumulant, LARGEST, logOfPower, overPower, powerOfProduct, startProduct } from "./rows";
import { at, entry, solveSmall } from "./smallMatrix";

/** In the workspace: the gradient along x of the log integrand's linear part. */
const LINEAR: usize = 0;
/** The exponential of `LARGEST`, rounded down. */
const FURTHEST: f64 = 1.39e65;
/** Logs of weights, and powers of two, whose products with one another are numbers. */
const MOST_LOG: f64 = 400;
const MOST_POWER: i64 = 300;
/** Beside the largest of the nodes' weights, which are about 1. */
const NEGLIGIBLE: f64 = 1e-15;

/**
 * The log of one level's integral at its nodes u = mode + d, d = L'^-1 x; keeps d, the nodes' shares in it and each pattern's exponentials there.
 * NaN where an exponential is too large. A node counts the integrand over about what it is at the mode, times its weight.
 */
export function layNodes(level: usize, first: usize, end: usize): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const bytes = patternBytes();
  const mode = modeOf(level);
  const L = factorOf(level);
  const linear = vectorAt(LINEAR);
  setMultiple(0, mode, linear);
  startProduct();
  let cumulants = f64x2.splat(0);
  let factors = load<usize>(DESCRIPTOR + NODE_FACTORS);
  for (let pattern = first; pattern < end; pattern += bytes, factors += width) {
    const w = vectorOf(pattern, W);
    const along = vectorOf(pattern, WORK);
    const E = load<f64>(pattern + PATTERN_FACTOR);
    cumulants = f64x2.add(cumulants, cumulant(pattern, f64x2.splat(E)));
    addMultiple(load<f64>(pattern + PATTERN_RESPONSE), w, linear);
    copyVector(w, along);
    solveSmall(L, q, along);
    spreadFactors(E, along, factors);
  }
  const power = powerOfProduct();
  const atMode = f64x2.extract_lane(f64x2.add(cumulants, logOfPower()), 0);
  const value = dot(linear, mode) - 0.5 * dot(mode, mode) - atMode;
  addMultiple(-1, mode, linear);
  solveSmall(L, q, linear);
  const areWeights = layWeights(L, load<f64>(linear), power);
  if (!areWeights) layLogWeights(L, linear);
  const total = addNodes(first, end, areWeights, atMode, power);
  shareOut(total);
  let volume: f64 = 1;
  for (let e: usize = 0; e < q; e++) volume *= load<f64>(entry(L, q, e, e));
  return value + f64x2.extract_lane(log(f64x2.splat(total / volume)), 0);
}

/** E exp(along'x) at the nodes, of which the last dimension changes fastest: the product of one for each place in each dimension. */
function spreadFactors(E: f64, along: usize, factors: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const axisBytes = load<usize>(DESCRIPTOR + AXIS_BYTES);
  const places = load<usize>(DESCRIPTOR + NODE_WORK);
  exponentiateAxis(load<f64>(at(along, q - 1)), E, factors);
  let block = axisBytes;
  for (let e = q - 1; e > 0; e--, block *= axisBytes >> 3) {
    exponentiateAxis(load<f64>(at(along, e - 1)), 1, places);
    for (let place = axisBytes; place > 0; place -= 8)
      multiplyBlock(factors, load<f64>(places + place - 8), factors + ((place - 8) >> 3) * block, block);
  }
}

/** factor exp(slope x) along the axis, which is symmetric, within the range of numbers that `LARGEST` leaves. */
function exponentiateAxis(slope: f64, factor: f64, out: usize): void {
  const axis = load<usize>(DESCRIPTOR + AXIS);
  const bytes = load<usize>(DESCRIPTOR + AXIS_BYTES);
  const step = load<f64>(DESCRIPTOR + AXIS_STEP);
  const start = slope * load<f64>(axis);
  if (step > 0 && abs(start) < LARGEST) {
    const ratios = exp(f64x2.replace_lane(f64x2.splat(slope * step), 1, start));
    const ratio = f64x2.extract_lane(ratios, 0);
    const from = factor * f64x2.extract_lane(ratios, 1);
    let value = f64x2.replace_lane(f64x2.splat(from), 1, from * ratio);
    for (let place: usize = 0; place < bytes; place += 16) {
      v128.store(out + place, bound(value));
      value = f64x2.mul(value, f64x2.splat(ratio * ratio));
    }
    return;
  }
  const middle = ((bytes - 8) >> 1) & ~7;
  store<f64>(out + middle, factor);
  for (let place = <isize>bytes - 16; place >= <isize>middle; place -= 16) {
    const exponent = f64x2.mul(f64x2.splat(slope), v128.load(axis + place));
    const bounded = f64x2.pmax(f64x2.splat(-LARGEST), f64x2.pmin(f64x2.splat(LARGEST), exponent));
    const E = exp(bounded);
    const mirrored = f64x2.div(f64x2.splat(factor), E);
    v128.store(out + place, bound(f64x2.mul(f64x2.splat(factor), E)));
    v128.store(out + (bytes - 16) - place, bound(v128.shuffle<f64>(mirrored, mirrored, 1, 0)));
  }
}

function bound(E: v128): v128 {
  return f64x2.pmin(f64x2.splat(FURTHEST), E);
}

function multiplyBlock(from: usize, by: f64, to: usize, bytes: usize): void {
  const factor = f64x2.splat(by);
  const even = bytes & ~15;
  for (let i: usize = 0; i < even; i += 16) v128.store(to + i, bound(f64x2.mul(factor, v128.load(from + i))));
  if (even < bytes) store<f64>(to + even, min(FURTHEST, by * load<f64>(from + even)));
}

/** The steps, and the nodes' log weights with what of the log integrand is linear and the density of u. */
function layLogWeights(L: usize, linear: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  const weights = load<usize>(DESCRIPTOR + NODE_SHARES);
  let from = load<usize>(DESCRIPTOR + NODE_LOG_WEIGHTS);
  for (let e = q; e > 0; e--, from = weights) {
    const offset = (e - 1) * width;
    const x = load<usize>(DESCRIPTOR + NODE_X) + offset;
    const slope = v128.load64_splat(at(linear, e - 1));
    const inverse = f64x2.splat(1 / load<f64>(entry(L, q, e - 1, e - 1)));
    for (let node: usize = 0; node < width; node += 16) {
      const place = v128.load(x + node);
      let step = place;
      for (let c = e; c < q; c++) {
        const known = v128.load(steps + c * width + node);
        step = f64x2.sub(step, f64x2.mul(v128.load64_splat(entry(L, q, c, e - 1)), known));
      }
      step = f64x2.mul(step, inverse);
      v128.store(steps + offset + node, step);
      const density = f64x2.mul(f64x2.splat(0.5), f64x2.mul(step, step));
      const gain = f64x2.sub(f64x2.mul(slope, place), density);
      v128.store(weights + node, f64x2.add(v128.load(from + node), gain));
    }
  }
}

/**
 * For single trials, whose likelihood is a product, at equal steps: the steps, and the weights themselves, exp(linear x - d^2 / 2), whose
 * ratios are a geometric series. False where that does not apply, or would leave the range of numbers.
 */
function layWeights(L: usize, linear: f64, power: i64): bool {
  const h = load<f64>(DESCRIPTOR + AXIS_STEP);
  if (!(h > 0) || load<u32>(DESCRIPTOR + KERNEL) !== BERNOULLI_LOGIT) return false;
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const weights = load<usize>(DESCRIPTOR + NODE_SHARES);
  const inverse = 1 / load<f64>(L);
  const furthest = load<f64>(x);
  const precision = inverse * inverse;
  if (abs(linear * furthest) + 0.5 * precision * furthest * furthest > MOST_LOG || power > MOST_POWER) return false;
  const logWeights = load<usize>(DESCRIPTOR + NODE_LOG_WEIGHTS);
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  for (let node: usize = 0; node < width; node += 16)
    v128.store(steps + node, f64x2.mul(f64x2.splat(inverse), v128.load(x + node)));
  const middle = middleOf(width);
  const place = v128.load(x + middle);
  const lines = f64x2.mul(f64x2.splat(linear), place);
  const squares = f64x2.mul(f64x2.splat(0.5 * precision), f64x2.mul(place, place));
  const atMiddle = exp(f64x2.sub(f64x2.add(v128.load(logWeights), lines), squares));
  const rise = 2 * h * (linear - precision * (load<f64>(x + middle) + h));
  const ratios = exp(f64x2.replace_lane(f64x2.splat(rise), 1, -2 * precision * h * h));
  const first = f64x2.extract_lane(ratios, 0);
  const half = f64x2.extract_lane(ratios, 1);
  const upwards = f64x2.replace_lane(f64x2.splat(first), 1, first * half);
  const bend = f64x2.splat(half * half);
  let weight = atMiddle;
  let ratio = upwards;
  for (let node = middle; node < width; node += 16) {
    v128.store(weights + node, weight);
    weight = f64x2.mul(weight, ratio);
    ratio = f64x2.mul(ratio, bend);
  }
  weight = atMiddle;
  ratio = f64x2.div(bend, upwards);
  for (let node = middle; node > 0; node -= 16) {
    weight = f64x2.mul(weight, ratio);
    ratio = f64x2.mul(ratio, bend);
    v128.store(weights + node - 16, weight);
  }
  if (load<f64>(logWeights + width - 8) === -Infinity) store<f64>(weights + width - 8, 0);
  return true;
}

/** Where one begins that goes through the nodes outwards. */
function middleOf(width: usize): usize {
  return (width >> 1) & ~15;
}

/**
 * Multiplies the weights, or log weights, by the likelihood, and returns their sum; keeps which nodes count. The integrand is log-concave: in one dimension, from the
 * middle outwards, nodes beyond one that counts nothing count nothing.
 */
function addNodes(first: usize, end: usize, areWeights: bool, atMode: f64, power: i64): f64 {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const isLine = load<usize>(DESCRIPTOR + NODE_EFFECTS) === 1;
  const middle = middleOf(width);
  let total = f64x2.splat(0);
  let node = middle;
  let counts = true;
  for (; node < width && (counts || !isLine); node += 16) {
    const weight = addPair(first, end, areWeights, atMode, power, node);
    total = f64x2.add(total, weight);
    counts = countsSomething(weight);
  }
  store<usize>(DESCRIPTOR + NODES_TO, node);
  counts = true;
  for (node = middle; node > 0 && (counts || !isLine); node -= 16) {
    const weight = addPair(first, end, areWeights, atMode, power, node - 16);
    total = f64x2.add(total, weight);
    counts = countsSomething(weight);
  }
  store<usize>(DESCRIPTOR + NODES_FROM, node);
  return sum(total);
}

function countsSomething(weight: v128): bool {
  return v128.any_true(f64x2.gt(weight, f64x2.splat(NEGLIGIBLE)));
}

function addPair(first: usize, end: usize, areWeights: bool, atMode: f64, power: i64, node: usize): v128 {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const bytes = patternBytes();
  const weights = load<usize>(DESCRIPTOR + NODE_SHARES);
  let cumulants = f64x2.splat(0);
  let isFar = f64x2.splat(0);
  let factors = load<usize>(DESCRIPTOR + NODE_FACTORS) + node;
  startProduct();
  for (let pattern = first; pattern < end; pattern += bytes, factors += width) {
    const E = v128.load(factors);
    const isOut = v128.or(f64x2.ge(E, f64x2.splat(FURTHEST)), f64x2.le(E, f64x2.splat(1 / FURTHEST)));
    isFar = v128.or(isFar, isOut);
    cumulants = f64x2.add(cumulants, cumulant(pattern, E));
  }
  const known = v128.load(weights + node);
  let weight = known;
  if (areWeights) weight = f64x2.mul(known, overPower(power));
  else weight = exp(f64x2.sub(f64x2.add(known, f64x2.splat(atMode)), f64x2.add(cumulants, logOfPower())));
  weight = f64x2.div(weight, v128.load(DESCRIPTOR + MANTISSAS));
  if (v128.any_true(isFar)) {
    const isNothing = f64x2.lt(weight, f64x2.splat(NEGLIGIBLE));
    const replaced = v128.bitselect(f64x2.splat(0), f64x2.splat(NaN), isNothing);
    weight = v128.bitselect(replaced, weight, isFar);
  }
  v128.store(weights + node, weight);
  return weight;
}

function shareOut(total: f64): void {
  const from = load<usize>(DESCRIPTOR + NODES_FROM);
  const to = load<usize>(DESCRIPTOR + NODES_TO);
  const shares = load<usize>(DESCRIPTOR + NODE_SHARES);
  const inverse = f64x2.splat(1 / total);
  for (let node = from; node < to; node += 16) v128.store(shares + node, f64x2.mul(inverse, v128.load(shares + node)));
}

/** The mean over the nodes of `left`, or of its products with `right`. */
export function meanOf(left: usize, right: usize): f64 {
  const from = load<usize>(DESCRIPTOR + NODES_FROM);
  const to = load<usize>(DESCRIPTOR + NODES_TO);
  const shares = load<usize>(DESCRIPTOR + NODE_SHARES);
  let total = f64x2.splat(0);
  for (let node = from; node < to; node += 16) {
    let value = f64x2.mul(v128.load(shares + node), v128.load(left + node));
    if (right) value = f64x2.mul(value, v128.load(right + node));
    total = f64x2.add(total, value);
  }
  return sum(total);
}

/** Means over the nodes of the effects less their modes, of their squares and of their cubes. */
export function writeMoments(level: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const from = load<usize>(DESCRIPTOR + NODES_FROM);
  const to = load<usize>(DESCRIPTOR + NODES_TO);
  const shares = load<usize>(DESCRIPTOR + NODE_SHARES);
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  const Lambda = load<usize>(DESCRIPTOR + LAMBDA);
  let out = load<usize>(DESCRIPTOR + LEVEL_MOMENTS) + 24 * q * level;
  for (let e: usize = 0; e < q; e++, out += 24) {
    let means = f64x2.splat(0);
    let squares = means;
    let cubes = means;
    for (let node = from; node < to; node += 16) {
      let shift = f64x2.splat(0);
      for (let c: usize = 0; c <= e; c++) {
        const step = v128.load(steps + c * width + node);
        shift = f64x2.add(shift, f64x2.mul(v128.load64_splat(entry(Lambda, q, e, c)), step));
      }
      const once = f64x2.mul(v128.load(shares + node), shift);
      const twice = f64x2.mul(once, shift);
      means = f64x2.add(means, once);
      squares = f64x2.add(squares, twice);
      cubes = f64x2.add(cubes, f64x2.mul(twice, shift));
    }
    store<f64>(out, sum(means));
    store<f64>(out + 8, sum(squares));
    store<f64>(out + 16, sum(cubes));
  }
}
