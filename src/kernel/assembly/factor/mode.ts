import {
  DESCRIPTOR,
  NODE_EFFECTS,
  PATTERN_CURVATURE,
  PATTERN_FACTOR,
  PATTERN_MEAN,
  PATTERN_RESPONSE,
  PATTERN_SLOPE,
} from "../../descriptor";
import { exp } from "../vector";
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
} from "./patterns";
import { LARGEST, sumRows } from "./rows";
import { at, entry, factorSmall, solveSmall, solveSmallTransposed } from "./smallMatrix";

/** In the workspace. */
const GRADIENT: usize = 0;
const STEP: usize = 1;
const TURN: usize = 2;

const MOST_STEPS: i32 = 300;
/** Where half the square of the step in sds is less, one more step is exact, */
const CLOSE: f64 = 1e-8;
/** or none is needed. */
const EXACT: f64 = 1e-22;
/** So far the linear predictors may move: a step up to there always gains, since a curvature's slope is no more than the curvature (Bach 2010). */
const LONGEST: f64 = 1;
/** And so far for the step's own curvature to be trusted. */
const NEAR: f64 = 0.3;

/**
 * The mode of u by Newton's method with the third derivative (Chebyshev's), from where it was; leaves the factor of the curvature there, and the
 * patterns' sums. False if it does not arrive.
 */
export function findMode(level: usize, first: usize, end: usize): bool {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  if (q === 2) return findModeOnPlane(level, first, end);
  const step = vectorAt(STEP);
  let isPolished = false;
  for (let count = 0; count < MOST_STEPS; count++) {
    if (!evaluate(modeOf(level), first, end)) return false;
    const decrement = direction(level, first, end);
    if (!(decrement >= 0)) return false;
    if (isPolished || decrement < EXACT) return true;
    let reach: f64 = 0;
    const bytes = patternBytes();
    for (let pattern = first; pattern < end; pattern += bytes) reach = max(reach, abs(dot(vectorOf(pattern, W), step)));
    if (reach < NEAR) bend(level, first, end);
    isPolished = reach < NEAR && decrement < CLOSE;
    addMultiple(min(1, LONGEST / reach), step, modeOf(level));
  }
  return false;
}

/**
 * The same for two levels of one effect and one pattern each, a lane each, which wait for one another less than one would for itself. They may be
 * the same.
 */
export function findModes(left: usize, right: usize, leftPattern: usize, rightPattern: usize): bool {
  const w = pair(vectorOf(leftPattern, W), vectorOf(rightPattern, W));
  const ww = f64x2.mul(w, w);
  const response = pair(leftPattern + PATTERN_RESPONSE, rightPattern + PATTERN_RESPONSE);
  let u = pair(modeOf(left), modeOf(right));
  let isPolished = f64x2.splat(0);
  for (let count = 0; count < MOST_STEPS; count++) {
    const eta = f64x2.mul(w, u);
    if (!v128.all_true<i64>(f64x2.le(f64x2.abs(eta), f64x2.splat(LARGEST)))) return false;
    const E = exp(eta);
    place(leftPattern, f64x2.extract_lane(E, 0));
    place(rightPattern, f64x2.extract_lane(E, 1));
    const mean = pair(leftPattern + PATTERN_MEAN, rightPattern + PATTERN_MEAN);
    const slope = pair(leftPattern + PATTERN_SLOPE, rightPattern + PATTERN_SLOPE);
    const gradient = f64x2.sub(f64x2.mul(w, f64x2.sub(response, mean)), u);
    const H = f64x2.add(f64x2.splat(1), f64x2.mul(ww, slope));
    const inverse = f64x2.div(f64x2.splat(1), H);
    const newton = f64x2.mul(gradient, inverse);
    const decrement = f64x2.mul(gradient, newton);
    if (!v128.all_true<i64>(f64x2.ge(decrement, f64x2.splat(0)))) return false;
    const isFinished = v128.or(isPolished, f64x2.lt(decrement, f64x2.splat(EXACT)));
    if (v128.all_true<i64>(isFinished)) {
      part(u, modeOf(left), modeOf(right));
      part(f64x2.sqrt(H), factorOf(left), factorOf(right));
      return true;
    }
    const moved = f64x2.mul(w, newton);
    const reach = f64x2.abs(moved);
    const isNear = f64x2.lt(reach, f64x2.splat(NEAR));
    const third = pair(leftPattern + PATTERN_CURVATURE, rightPattern + PATTERN_CURVATURE);
    const turn = f64x2.mul(f64x2.mul(f64x2.splat(0.5), third), f64x2.mul(w, f64x2.mul(moved, moved)));
    const bent = f64x2.sub(newton, f64x2.mul(turn, inverse));
    const held = f64x2.mul(newton, f64x2.pmin(f64x2.splat(1), f64x2.div(f64x2.splat(LONGEST), reach)));
    u = f64x2.add(u, v128.andnot(v128.bitselect(bent, held, isNear), isFinished));
    isPolished = v128.or(isFinished, v128.and(isNear, f64x2.lt(decrement, f64x2.splat(CLOSE))));
  }
  return false;
}

function pair(left: usize, right: usize): v128 {
  return v128.load64_lane(right, v128.load64_splat(left), 1);
}

function part(both: v128, left: usize, right: usize): void {
  store<f64>(left, f64x2.extract_lane(both, 0));
  store<f64>(right, f64x2.extract_lane(both, 1));
}

/** The same with two effects, in registers. */
function findModeOnPlane(level: usize, first: usize, end: usize): bool {
  const bytes = patternBytes();
  const mode = modeOf(level);
  const L = factorOf(level);
  let isPolished = false;
  for (let count = 0; count < MOST_STEPS; count++) {
    if (!evaluate(mode, first, end)) return false;
    let g1 = -load<f64>(mode);
    let g2 = -load<f64>(mode + 8);
    let H11: f64 = 1;
    let H21: f64 = 0;
    let H22: f64 = 1;
    for (let pattern = first; pattern < end; pattern += bytes) {
      const w1 = load<f64>(vectorOf(pattern, W));
      const w2 = load<f64>(vectorOf(pattern, W) + 8);
      const score = load<f64>(pattern + PATTERN_RESPONSE) - load<f64>(pattern + PATTERN_MEAN);
      const slope = load<f64>(pattern + PATTERN_SLOPE);
      g1 += w1 * score;
      g2 += w2 * score;
      H11 += w1 * w1 * slope;
      H21 += w1 * w2 * slope;
      H22 += w2 * w2 * slope;
    }
    const l11 = Math.sqrt(H11);
    const l21 = H21 / l11;
    const l22 = Math.sqrt(H22 - l21 * l21);
    const y1 = g1 / l11;
    const y2 = (g2 - l21 * y1) / l22;
    const decrement = y1 * y1 + y2 * y2;
    if (!(decrement >= 0) || !(l22 > 0)) return false;
    if (isPolished || decrement < EXACT) {
      store<f64>(L, l11);
      store<f64>(L + 16, l21);
      store<f64>(L + 24, l22);
      return true;
    }
    let step2 = y2 / l22;
    let step1 = (y1 - l21 * step2) / l11;
    let reach: f64 = 0;
    let turn1: f64 = 0;
    let turn2: f64 = 0;
    for (let pattern = first; pattern < end; pattern += bytes) {
      const w1 = load<f64>(vectorOf(pattern, W));
      const w2 = load<f64>(vectorOf(pattern, W) + 8);
      const moved = w1 * step1 + w2 * step2;
      const turn = -0.5 * load<f64>(pattern + PATTERN_CURVATURE) * moved * moved;
      reach = max(reach, abs(moved));
      turn1 += w1 * turn;
      turn2 += w2 * turn;
    }
    if (reach < NEAR) {
      const z1 = turn1 / l11;
      const bend2 = (turn2 - l21 * z1) / (l22 * l22);
      step2 += bend2;
      step1 += (z1 - l21 * bend2) / l11;
    }
    isPolished = reach < NEAR && decrement < CLOSE;
    const share = min(1, LONGEST / reach);
    store<f64>(mode, load<f64>(mode) + share * step1);
    store<f64>(mode + 8, load<f64>(mode + 8) + share * step2);
  }
  return false;
}

/** The patterns' sums at u; false where an exponential is too large. */
function evaluate(u: usize, first: usize, end: usize): bool {
  const bytes = patternBytes();
  let furthest = f64x2.splat(0);
  for (let pattern = first; pattern < end; pattern += 2 * bytes) {
    const next = pattern + bytes;
    const eta = f64x2.replace_lane(
      f64x2.splat(dot(vectorOf(pattern, W), u)),
      1,
      next < end ? dot(vectorOf(next, W), u) : 0,
    );
    furthest = f64x2.max(furthest, f64x2.abs(eta));
    const E = exp(eta);
    place(pattern, f64x2.extract_lane(E, 0));
    if (next < end) place(next, f64x2.extract_lane(E, 1));
  }
  return max(f64x2.extract_lane(furthest, 0), f64x2.extract_lane(furthest, 1)) <= LARGEST;
}

function place(pattern: usize, E: f64): void {
  store<f64>(pattern + PATTERN_FACTOR, E);
  sumRows(pattern, E);
}

/** The Newton step and the factor of the curvature; returns gradient'step, NaN where there is none. */
function direction(level: usize, first: usize, end: usize): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const gradient = vectorAt(GRADIENT);
  const H = factorOf(level);
  setMultiple(-1, modeOf(level), gradient);
  for (let r: usize = 0; r < q; r++) for (let c: usize = 0; c < q; c++) store<f64>(entry(H, q, r, c), r === c ? 1 : 0);
  const bytes = patternBytes();
  for (let pattern = first; pattern < end; pattern += bytes) {
    const w = vectorOf(pattern, W);
    addMultiple(load<f64>(pattern + PATTERN_RESPONSE) - load<f64>(pattern + PATTERN_MEAN), w, gradient);
    const slope = load<f64>(pattern + PATTERN_SLOPE);
    for (let r: usize = 0; r < q; r++) addMultiple(slope * load<f64>(at(w, r)), w, entry(H, q, r, 0));
  }
  if (!factorSmall(H, q)) return NaN;
  copyVector(gradient, vectorAt(STEP));
  solveBoth(H, q, vectorAt(STEP));
  return dot(gradient, vectorAt(STEP));
}

/** Adds to the step what the curvature's change along it makes of the gradient at its end. */
function bend(level: usize, first: usize, end: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const step = vectorAt(STEP);
  const turn = vectorAt(TURN);
  setMultiple(0, step, turn);
  const bytes = patternBytes();
  for (let pattern = first; pattern < end; pattern += bytes) {
    const moved = dot(vectorOf(pattern, W), step);
    addMultiple(-0.5 * load<f64>(pattern + PATTERN_CURVATURE) * moved * moved, vectorOf(pattern, W), turn);
  }
  solveBoth(factorOf(level), q, turn);
  addMultiple(1, turn, step);
}

function solveBoth(L: usize, q: usize, x: usize): void {
  solveSmall(L, q, x);
  solveSmallTransposed(L, q, x);
}
