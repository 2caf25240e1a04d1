import {
  AXIS_STEP,
  BERNOULLI_LOGIT,
  DESCRIPTOR,
  KERNEL,
  NODE_EFFECTS,
  NODE_LOG_WEIGHTS,
  NODE_SHARES,
  NODE_STEPS,
  NODE_X,
  NODES,
} from "../../descriptor";
import { exp } from "../vector";
import { at, entry } from "./smallMatrix";

/** Logs of weights, and powers of two, whose products with one another are numbers. */
const MOST_LOG: f64 = 400;
const MOST_POWER: i64 = 300;

/** The steps, and the nodes' log weights with what of the log integrand is linear and the density of u. */
export function layLogWeights(L: usize, linear: usize): void {
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
 * For single trials, whose likelihood is a product, at equal steps: the steps, and the weights themselves, exp(linear x - d^2 / 2). False where
 * that does not apply, or would leave the range of numbers.
 */
export function layWeights(L: usize, linear: f64, power: i64): bool {
  if (!(load<f64>(DESCRIPTOR + AXIS_STEP) > 0) || load<u32>(DESCRIPTOR + KERNEL) !== BERNOULLI_LOGIT) return false;
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const inverse = 1 / load<f64>(L);
  const furthest = load<f64>(x);
  const largest = abs(linear * furthest) + 0.5 * inverse * inverse * furthest * furthest;
  if (largest > MOST_LOG || power > MOST_POWER) return false;
  const steps = load<usize>(DESCRIPTOR + NODE_STEPS);
  for (let node: usize = 0; node < width; node += 16)
    v128.store(steps + node, f64x2.mul(f64x2.splat(inverse), v128.load(x + node)));
  laySeries(linear, inverse * inverse);
  return true;
}

/** Weights times exp(linear x - precision x^2 / 2), whose ratios are a geometric series, from the middle outwards. */
function laySeries(linear: f64, precision: f64): void {
  const h = load<f64>(DESCRIPTOR + AXIS_STEP);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const x = load<usize>(DESCRIPTOR + NODE_X);
  const logWeights = load<usize>(DESCRIPTOR + NODE_LOG_WEIGHTS);
  const weights = load<usize>(DESCRIPTOR + NODE_SHARES);
  const middle = middleOf(width);
  const place = v128.load(x + middle);
  const slope = f64x2.sub(f64x2.splat(linear), f64x2.mul(f64x2.splat(0.5 * precision), place));
  const atMiddle = exp(f64x2.add(v128.load(logWeights), f64x2.mul(slope, place)));
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
}

/** Where one begins that goes through the nodes outwards. */
export function middleOf(width: usize): usize {
  return (width >> 1) & ~15;
}
