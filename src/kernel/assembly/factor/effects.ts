import {
  DESCRIPTOR,
  ETA,
  KERNEL,
  LAMBDA,
  NODE_EFFECTS,
  NODE_LOG_WEIGHTS,
  NODE_SHIFTS,
  NODE_STEPS,
  NODE_WEIGHTS,
  NODE_X,
  NODES,
  ROW_FIXED,
  ROW_RESPONSE,
  ROW_TABLE,
  ROW_TRIALS,
} from "../../descriptor";
import { integrateNodes } from "../nodes";
import { rowDerivatives } from "../rows";
import { log, sum } from "../vector";
import { differentiateEffects } from "./effectsDerivatives";
import {
  addEffects,
  covariate,
  crossRows,
  EFFECT,
  factorOf,
  GRADIENT,
  matrixAt,
  modeOf,
  PRODUCTS,
  STEP,
  TRIAL,
  vectorAt,
  writeMoments,
} from "./levels";
import {
  at,
  entry,
  factorSmall,
  lowerTransposedTimes,
  solveSmall,
  solveSmallTransposed,
  timesLower,
  timesLowerTransposed,
  transpose,
} from "./smallMatrix";

/** Newton's method as in conditionalModes.ts. */
const CLOSE: f64 = 1e-12;
const EXACT: f64 = 1e-22;
const TRUSTED: f64 = 1e-8;
const LEAST_GAIN: f64 = 1e-4;
const ROUNDING: f64 = 1e-12;
const MOST_STEPS: i32 = 200;
const MOST_HALVINGS: i32 = 50;

/** The integral over one level's effects; NaN where it cannot be computed. */
export function integrateEffects(level: usize, first: usize, end: usize, derivatives: bool): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  if (!climb(level, first, end)) {
    memory.fill(modeOf(level), 0, q << 3);
    if (!climb(level, first, end)) return NaN;
  }
  layNodes(level);
  let value = integrateNodes(first >> 3, end >> 3, derivatives);
  for (let e: usize = 0; e < q; e++) {
    const pivot = f64x2.splat(load<f64>(entry(factorOf(level), q, e, e)));
    value -= f64x2.extract_lane(log(pivot), 0);
  }
  writeMoments(level);
  if (derivatives) differentiateEffects(level, first, end);
  return value;
}

/** Newton's method from where the mode was; false if it does not arrive. */
function climb(level: usize, first: usize, end: usize): bool {
  let value = evaluate(modeOf(level), first, end);
  let isPolished = false;
  for (let step = 0; step < MOST_STEPS && abs(value) < Infinity; step++) {
    const decrement = direction(level, first, end);
    if (!(decrement >= 0)) return false;
    if (isPolished || decrement < EXACT) return true;
    isPolished = decrement < CLOSE;
    value = advance(level, first, end, value, decrement);
  }
  return false;
}

/** The log integrand at u, with the rows' linear predictors and derivatives there. */
function evaluate(u: usize, first: usize, end: usize): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const bytes = end - first;
  const eta = load<usize>(DESCRIPTOR + ETA) + first;
  const table = load<usize>(DESCRIPTOR + ROW_TABLE);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  timesLower(load<usize>(DESCRIPTOR + LAMBDA), q, u, vectorAt(EFFECT));
  memory.copy(eta, load<usize>(DESCRIPTOR + ROW_FIXED) + first, bytes);
  addEffects(vectorAt(EFFECT), eta, first, bytes);
  const y = load<usize>(DESCRIPTOR + ROW_RESPONSE) + first;
  rowDerivatives(load<usize>(DESCRIPTOR + KERNEL), eta, y, trials ? trials + first : 0, table, bytes);
  let values = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) values = f64x2.add(values, v128.load(table + i));
  let value = sum(values);
  for (let e: usize = 0; e < q; e++) value -= 0.5 * load<f64>(at(u, e)) * load<f64>(at(u, e));
  return value;
}

/** The Newton step and the factor of the curvature; returns the decrement, NaN where there is none. */
function direction(level: usize, first: usize, end: usize): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const gradient = vectorAt(GRADIENT);
  const step = vectorAt(STEP);
  const H = factorOf(level);
  const Lambda = load<usize>(DESCRIPTOR + LAMBDA);
  crossRows(load<usize>(DESCRIPTOR + ROW_TABLE) + (end - first), first, end - first, gradient);
  timesLowerTransposed(Lambda, q, gradient);
  for (let e: usize = 0; e < q; e++)
    store<f64>(at(gradient, e), load<f64>(at(gradient, e)) - load<f64>(at(modeOf(level), e)));
  weighProducts(first, end - first);
  memory.copy(H, matrixAt(PRODUCTS), (q * q) << 3);
  lowerTransposedTimes(Lambda, q, H);
  transpose(H, q);
  lowerTransposedTimes(Lambda, q, H);
  for (let e: usize = 0; e < q; e++) store<f64>(entry(H, q, e, e), load<f64>(entry(H, q, e, e)) + 1);
  if (!factorSmall(H, q)) return NaN;
  memory.copy(step, gradient, q << 3);
  solveSmall(H, q, step);
  solveSmallTransposed(H, q, step);
  let decrement: f64 = 0;
  for (let e: usize = 0; e < q; e++) decrement += load<f64>(at(gradient, e)) * load<f64>(at(step, e));
  return decrement;
}

/** Z'WZ of a level's rows, w = -l''. */
function weighProducts(first: usize, bytes: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const curvatures = load<usize>(DESCRIPTOR + ROW_TABLE) + 2 * bytes;
  for (let r: usize = 0; r < q; r++)
    for (let c: usize = 0; c <= r; c++) {
      const left = covariate(r, first);
      const right = covariate(c, first);
      let total = f64x2.splat(0);
      for (let i: usize = 0; i < bytes; i += 16) {
        const product = f64x2.mul(v128.load(left + i), v128.load(right + i));
        total = f64x2.sub(total, f64x2.mul(v128.load(curvatures + i), product));
      }
      store<f64>(entry(matrixAt(PRODUCTS), q, r, c), sum(total));
      store<f64>(entry(matrixAt(PRODUCTS), q, c, r), sum(total));
    }
}

/** Moves the mode along the step as far as it gains; returns the value there, NaN if it cannot. */
function advance(level: usize, first: usize, end: usize, value: f64, decrement: f64): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const trial = vectorAt(TRIAL);
  let share: f64 = 1;
  for (let halvings = 0; halvings < MOST_HALVINGS; halvings++, share *= 0.5) {
    for (let e: usize = 0; e < q; e++)
      store<f64>(at(trial, e), load<f64>(at(modeOf(level), e)) + share * load<f64>(at(vectorAt(STEP), e)));
    const after = evaluate(trial, first, end);
    const isTrusted = share === 1 && decrement < TRUSTED;
    const least = isTrusted ? -Infinity : value + LEAST_GAIN * share * decrement - ROUNDING * (1 + abs(value));
    if (!(after >= least) || !(abs(after) < Infinity)) continue;
    memory.copy(modeOf(level), trial, q << 3);
    return after;
  }
  return NaN;
}

/** Nodes less the mode, L'^-1 x, their log weights with the density of u, and what they shift the effects by. */
function layNodes(level: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const weights = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const L = factorOf(level);
  memory.copy(weights, load<usize>(DESCRIPTOR + NODE_LOG_WEIGHTS), width);
  for (let e = q; e > 0; e--) {
    const to = steps + (e - 1) * width;
    const from = x + (e - 1) * width;
    const inverse = f64x2.splat(1 / load<f64>(entry(L, q, e - 1, e - 1)));
    const mode = v128.load64_splat(at(modeOf(level), e - 1));
    for (let node: usize = 0; node < width; node += 16) {
      let step = v128.load(from + node);
      for (let c = e; c < q; c++) {
        const known = v128.load(steps + c * width + node);
        step = f64x2.sub(step, f64x2.mul(v128.load64_splat(entry(L, q, c, e - 1)), known));
      }
      step = f64x2.mul(step, inverse);
      v128.store(to + node, step);
      const u = f64x2.add(mode, step);
      const density = f64x2.mul(f64x2.splat(0.5), f64x2.mul(u, u));
      v128.store(weights + node, f64x2.sub(v128.load(weights + node), density));
    }
  }
  shiftNodes(q, width);
}

/** Lambda times the steps. */
function shiftNodes(q: usize, width: usize): void {
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  const shifts = load<usize>(DESCRIPTOR + NODE_SHIFTS);
  const Lambda = load<usize>(DESCRIPTOR + LAMBDA);
  for (let e: usize = 0; e < q; e++)
    for (let node: usize = 0; node < width; node += 16) {
      let shift = f64x2.splat(0);
      for (let c: usize = 0; c <= e; c++) {
        const step = v128.load(steps + c * width + node);
        shift = f64x2.add(shift, f64x2.mul(v128.load64_splat(entry(Lambda, q, e, c)), step));
      }
      v128.store(shifts + e * width + node, shift);
    }
}
