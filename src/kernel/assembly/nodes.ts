import {
  DESCRIPTOR,
  DISPERSION_GRADIENT,
  ETA,
  NODE_CROSS,
  NODE_DISPERSION_GRADIENT,
  NODE_EFFECTS,
  NODE_ETA,
  NODE_SCORES,
  NODE_SHIFTS,
  NODE_WEIGHTS,
  NODE_Z,
  NODES,
  STRIDE,
} from "../descriptor";
import { family } from "./family/family";
import { exp, log, sum } from "./vector";

/** Of rows that a family takes at once. */
const CHUNK: usize = 1000 << 4;

/**
 * The log of the sum over the nodes of weight times likelihood of the rows from `first` to before `end`, two nodes at a time, with the
 * weights turned into each node's share and, if asked for, scores weighted by them.
 */
export function integrateNodes(first: usize, end: usize, derivatives: bool): f64 {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const weights = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const bytes = (end - first) << 4;
  let etas = load<usize>(DESCRIPTOR + NODE_ETA);
  let most = f64x2.splat(-Infinity);
  for (let node: usize = 0; node < width; node += 16, etas += bytes) {
    moveRows(etas, first, bytes, node);
    v128.store(DESCRIPTOR + DISPERSION_GRADIENT, f64x2.splat(0));
    let value = v128.load(weights + node);
    for (let at: usize = 0; at < bytes; at += CHUNK)
      value = f64x2.add(value, family(etas + at, (first << 4) + at, min(CHUNK, bytes - at)));
    v128.store(weights + node, value);
    most = f64x2.pmax(most, value);
    if (!derivatives) continue;
    v128.store(load<usize>(DESCRIPTOR + NODE_DISPERSION_GRADIENT) + node, v128.load(DESCRIPTOR + DISPERSION_GRADIENT));
    crossEffects(etas, first, bytes, node);
  }
  const logTotal = normalise(weights, width, max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)));
  if (derivatives) averageScores(first, bytes, weights, width);
  return logTotal;
}

/** The linear predictors of the rows at a pair of nodes. */
function moveRows(etas: usize, first: usize, bytes: usize, node: usize): void {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  const eta = load<usize>(DESCRIPTOR + ETA) + (first << 3);
  let shifts = load<usize>(DESCRIPTOR + NODE_SHIFTS) + node;
  let z = load<usize>(DESCRIPTOR + NODE_Z);
  const shift = v128.load(shifts);
  if (!z) {
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(etas + i, f64x2.add(v128.load64_splat(eta + (i >> 1)), shift));
    return;
  }
  z += first << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const moved = f64x2.mul(v128.load64_splat(z + (i >> 1)), shift);
    v128.store(etas + i, f64x2.add(v128.load64_splat(eta + (i >> 1)), moved));
  }
  for (let e = load<usize>(DESCRIPTOR + NODE_EFFECTS); e > 1; e--) {
    shifts += width;
    z += stride;
    const next = v128.load(shifts);
    for (let i: usize = 0; i < bytes; i += 16) {
      const moved = f64x2.mul(v128.load64_splat(z + (i >> 1)), next);
      v128.store(etas + i, f64x2.add(v128.load(etas + i), moved));
    }
  }
}

/** Z'scores at a pair of nodes. */
function crossEffects(scores: usize, first: usize, bytes: usize, node: usize): void {
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  let cross = load<usize>(DESCRIPTOR + NODE_CROSS) + node;
  let z = load<usize>(DESCRIPTOR + NODE_Z);
  if (!z) {
    let total = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) total = f64x2.add(total, v128.load(scores + i));
    v128.store(cross, total);
    return;
  }
  z += first << 3;
  for (let e = load<usize>(DESCRIPTOR + NODE_EFFECTS); e > 0; e--, z += stride, cross += width) {
    let total = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16)
      total = f64x2.add(total, f64x2.mul(v128.load64_splat(z + (i >> 1)), v128.load(scores + i)));
    v128.store(cross, total);
  }
}

/** Turns logs into shares of their sum, whose log it returns. */
function normalise(weights: usize, width: usize, most: f64): f64 {
  let total = f64x2.splat(0);
  for (let node: usize = 0; node < width; node += 16) {
    const weight = exp(f64x2.sub(v128.load(weights + node), f64x2.splat(most)));
    total = f64x2.add(total, weight);
    v128.store(weights + node, weight);
  }
  const inverse = f64x2.splat(1 / sum(total));
  for (let node: usize = 0; node < width; node += 16)
    v128.store(weights + node, f64x2.mul(inverse, v128.load(weights + node)));
  return most + f64x2.extract_lane(log(f64x2.splat(sum(total))), 0);
}

function averageScores(first: usize, bytes: usize, weights: usize, width: usize): void {
  const scores = load<usize>(DESCRIPTOR + NODE_SCORES) + (first << 3);
  const etas = load<usize>(DESCRIPTOR + NODE_ETA);
  for (let i: usize = 0; i < bytes; i += 16) {
    let mean = f64x2.splat(0);
    let from = etas + i;
    for (let node: usize = 0; node < width; node += 16, from += bytes)
      mean = f64x2.add(mean, f64x2.mul(v128.load(weights + node), v128.load(from)));
    store<f64>(scores + (i >> 1), sum(mean));
  }
}
