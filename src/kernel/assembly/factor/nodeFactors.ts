import { AXIS, AXIS_BYTES, AXIS_STEP, DESCRIPTOR, NODE_EFFECTS, NODE_WORK } from "../../descriptor";
import { exp } from "../vector";
import { LARGEST } from "./rows";
import { at } from "./smallMatrix";

/** The exponential of `LARGEST`, rounded down. */
export const FURTHEST: f64 = 1.39e65;

/** E exp(along'x) at the nodes, of which the last dimension changes fastest: the product of one for each place in each dimension. */
export function spreadFactors(E: f64, along: usize, factors: usize): void {
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
