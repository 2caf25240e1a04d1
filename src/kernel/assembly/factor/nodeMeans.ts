import {
  DESCRIPTOR,
  LAMBDA,
  LEVEL_MOMENTS,
  NODE_EFFECTS,
  NODE_SHARES,
  NODE_STEPS,
  NODES,
  NODES_FROM,
  NODES_TO,
} from "../../descriptor";
import { sum } from "../vector";
import { entry } from "./smallMatrix";

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

/** Of two numbers a node. */
export function sumProducts(left: usize, right: usize): f64 {
  const from = load<usize>(DESCRIPTOR + NODES_FROM);
  const to = load<usize>(DESCRIPTOR + NODES_TO);
  let total = f64x2.splat(0);
  for (let node = from; node < to; node += 16)
    total = f64x2.add(total, f64x2.mul(v128.load(left + node), v128.load(right + node)));
  return sum(total);
}
