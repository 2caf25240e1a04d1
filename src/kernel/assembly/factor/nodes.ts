import {
  DESCRIPTOR,
  MANTISSAS,
  NODE_EFFECTS,
  NODE_FACTORS,
  NODE_SHARES,
  NODES,
  NODES_FROM,
  NODES_TO,
  PATTERN_FACTOR,
  PATTERN_RESPONSE,
} from "../../descriptor";
import { exp, log, sum } from "../vector";
import { FURTHEST, spreadFactors } from "./nodeFactors";
import { layLogWeights, layWeights, middleOf } from "./nodeWeights";
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
import { cumulant, logOfPower, overPower, powerOfProduct, startProduct } from "./rows";
import { entry, solveSmall } from "./smallMatrix";

/** In the workspace: the gradient along x of the log integrand's linear part. */
const LINEAR: usize = 0;
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

/**
 * Multiplies the weights, or log weights, by the likelihood, and returns their sum; keeps which nodes count. The integrand is log-concave: in one
 * dimension, from the middle outwards, nodes beyond one that counts nothing count nothing.
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
