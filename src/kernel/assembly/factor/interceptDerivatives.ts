import {
  DESCRIPTOR,
  ETA,
  KERNEL,
  LAMBDA_GRADIENT,
  NODE_STEPS,
  NODE_WEIGHTS,
  NODE_X,
  NODES,
  POISSON_LOG,
  ROW_FIXED,
  ROW_RESPONSE,
  ROW_TABLE,
  ROW_TRIALS,
  SUM_CURVATURE,
  SUM_MEAN,
  SUM_SLOPE,
} from "../../descriptor";
import { addTo } from "../fixedPart";
import { exp, sum } from "../vector";
import { factorOf, modeOf, responseOf } from "./levels";

/** A node of a smaller share is left out of means. */
const LEAST_SHARE: f64 = 1e-22;

/**
 * The derivatives of one level's integral. With f the log integrand at the nodes u = mode + x / sqrt(H): what comes directly, through the mode
 * as A and through H as B.
 */
export function differentiateIntercept(level: usize, first: usize, end: usize, sd: f64): void {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const shares = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const exponentials = load<usize>(DESCRIPTOR + NODE_STEPS);
  const mode = f64x2.splat(load<f64>(modeOf(level)));
  const response = f64x2.splat(responseOf(level));
  const step = 1 / load<f64>(factorOf(level));
  let slopes = f64x2.splat(0);
  let stretches = slopes;
  let turns = slopes;
  memory.fill(load<usize>(DESCRIPTOR + ROW_TABLE), 0, (end - first) << 1);
  for (let node: usize = 0; node < width; node += 16) {
    const share = v128.load(shares + node);
    if (!v128.any_true(f64x2.gt(share, f64x2.splat(LEAST_SHARE)))) continue;
    const at = v128.load(x + node);
    const u = f64x2.add(mode, f64x2.mul(f64x2.splat(step), at));
    const means = addMeans(first, end, v128.load(exponentials + node), share);
    const score = f64x2.mul(share, f64x2.sub(response, means));
    const slope = f64x2.sub(f64x2.mul(f64x2.splat(sd), score), f64x2.mul(share, u));
    slopes = f64x2.add(slopes, slope);
    stretches = f64x2.add(stretches, f64x2.mul(slope, at));
    turns = f64x2.add(turns, f64x2.mul(score, u));
  }
  addTo(load<usize>(DESCRIPTOR + LAMBDA_GRADIENT), sum(turns));
  chainMode(level, first, end, sd, sum(slopes), -0.5 * (1 + step * sum(stretches)) * step * step);
}

/** The sums over a level's rows of their means at two nodes; adds what the nodes' shares make of them to each row's sums. */
function addMeans(first: usize, end: usize, E: v128, share: v128): v128 {
  const e = load<usize>(DESCRIPTOR + ROW_FIXED);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const isPoisson = load<u32>(DESCRIPTOR + KERNEL) === POISSON_LOG;
  const one = f64x2.splat(1);
  let sums = load<usize>(DESCRIPTOR + ROW_TABLE);
  let total = f64x2.splat(0);
  for (let i = first; i < end; i += 8, sums += 16) {
    let mean = f64x2.mul(v128.load64_splat(e + i), E);
    if (!isPoisson) mean = f64x2.div(mean, f64x2.add(one, mean));
    if (trials) mean = f64x2.mul(v128.load64_splat(trials + i), mean);
    total = f64x2.add(total, mean);
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(share, mean)));
  }
  return total;
}

/** Rows move the mode by -sd w / H and H by their weight w; what is left of the level's derivatives in its rows and in the sd. */
function chainMode(level: usize, first: usize, end: usize, sd: f64, A: f64, B: f64): void {
  const mode = load<f64>(modeOf(level));
  const root = load<f64>(factorOf(level));
  const H = root * root;
  const weights = load<f64>(DESCRIPTOR + SUM_SLOPE);
  const third = load<f64>(DESCRIPTOR + SUM_CURVATURE);
  const pull = A + B * sd * sd * sd * third;
  const score = responseOf(level) - load<f64>(DESCRIPTOR + SUM_MEAN);
  const throughMode = (pull * (score - sd * weights * mode)) / H;
  addTo(load<usize>(DESCRIPTOR + LAMBDA_GRADIENT), throughMode + B * sd * (2 * weights + sd * third * mode));
  writeRows(first, end, exp(f64x2.splat(sd * mode)), f64x2.splat((-sd * pull) / H), f64x2.splat(B * sd * sd));
}

/** Each row's derivative: its mean score, and so much of its weight and of the weight's slope at the mode. */
function writeRows(first: usize, end: usize, E: v128, ofWeight: v128, ofSlope: v128): void {
  const e = load<usize>(DESCRIPTOR + ROW_FIXED);
  const y = load<usize>(DESCRIPTOR + ROW_RESPONSE);
  const trials = load<usize>(DESCRIPTOR + ROW_TRIALS);
  const out = load<usize>(DESCRIPTOR + ETA);
  const isPoisson = load<u32>(DESCRIPTOR + KERNEL) === POISSON_LOG;
  const one = f64x2.splat(1);
  let sums = load<usize>(DESCRIPTOR + ROW_TABLE);
  for (let i = first; i < end; i += 16, sums += 32) {
    const odds = f64x2.mul(v128.load(e + i), E);
    let weight = odds;
    let slope = odds;
    if (!isPoisson) {
      const q = f64x2.div(one, f64x2.add(one, odds));
      const p = f64x2.mul(odds, q);
      weight = f64x2.mul(p, q);
      if (trials) weight = f64x2.mul(v128.load(trials + i), weight);
      slope = f64x2.mul(weight, f64x2.sub(q, p));
    }
    const left = v128.load(sums);
    const right = v128.load(sums + 16);
    const mean = f64x2.add(v128.shuffle<f64>(left, right, 0, 2), v128.shuffle<f64>(left, right, 1, 3));
    const score = f64x2.sub(v128.load(y + i), mean);
    const throughWeight = f64x2.add(f64x2.mul(ofWeight, weight), f64x2.mul(ofSlope, slope));
    v128.store(out + i, f64x2.add(score, throughWeight));
  }
}
