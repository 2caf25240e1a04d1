import {
  DESCRIPTOR,
  DISPERSION_GRADIENT,
  NODE_DISPERSION_GRADIENTS,
  NODE_EFFECTS,
  NODE_EFFECTS_GRADIENTS,
  NODE_ROWS,
  NODE_SCORES,
  NODE_SHIFTS,
  NODE_VALUES,
  NODE_WEIGHTS,
  NODE_Z,
} from "../descriptor";
import { family } from "./family";
import { sum } from "./vector";

/** Rows that a family takes at once, which its products of probabilities bound. */
const CHUNK: usize = 512;

/**
 * The rows of one level with its effects at `count` nodes, two at a time: log-likelihoods, their derivatives in the effects and the
 * dispersion, and the scores. `first` is the level's first row, `count` even; results go to `nodeAt` among the nodes and `scoreAt`
 * among the scores, both counted in f64.
 */
export function levelNodes(first: usize, rows: usize, count: usize, nodeAt: usize, scoreAt: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const Z = load<usize>(DESCRIPTOR + NODE_Z);
  const z: usize = Z === 0 ? 0 : Z + ((first * q) << 3);
  const values = load<usize>(DESCRIPTOR + NODE_VALUES) + (nodeAt << 3);
  const dispersion = load<usize>(DESCRIPTOR + NODE_DISPERSION_GRADIENTS) + (nodeAt << 3);
  const effects = load<usize>(DESCRIPTOR + NODE_EFFECTS_GRADIENTS) + ((nodeAt * q) << 3);
  const shifts = load<usize>(DESCRIPTOR + NODE_SHIFTS);
  let scores = load<usize>(DESCRIPTOR + NODE_SCORES) + (scoreAt << 3);
  for (let k: usize = 0; k < count; k += 2) {
    shiftRows(scores, rows, z, q, shifts + ((k * q) << 3));
    v128.store(DESCRIPTOR + DISPERSION_GRADIENT, f64x2.splat(0));
    let value = f64x2.splat(0);
    for (let r: usize = 0; r < rows; r += CHUNK)
      value = f64x2.add(value, family(scores + (r << 4), (first + r) << 1, min(CHUNK, rows - r) << 4));
    v128.store(values + (k << 3), value);
    v128.store(dispersion + (k << 3), v128.load(DESCRIPTOR + DISPERSION_GRADIENT));
    crossRows(scores, rows, z, q, effects + ((k * q) << 3));
    scores += rows << 4;
  }
}

/** eta + z' shift of each row, for a pair of nodes. */
function shiftRows(out: usize, rows: usize, z: usize, q: usize, shifts: usize): void {
  const etas = load<usize>(DESCRIPTOR + NODE_ROWS);
  if (z === 0) {
    const shift = v128.load(shifts);
    for (let r: usize = 0; r < rows; r++)
      v128.store(out + (r << 4), f64x2.add(v128.load64_splat(etas + (r << 3)), shift));
    return;
  }
  for (let r: usize = 0; r < rows; r++) {
    let eta = v128.load64_splat(etas + (r << 3));
    for (let e: usize = 0; e < q; e++) {
      const shift = pair(shifts + (e << 3), q);
      eta = f64x2.add(eta, f64x2.mul(v128.load64_splat(z + ((r * q + e) << 3)), shift));
    }
    v128.store(out + (r << 4), eta);
  }
}

/** Two numbers q apart. */
function pair(address: usize, q: usize): v128 {
  return v128.load64_lane(address + (q << 3), v128.load64_zero(address), 1);
}

/** Z's of a level at a pair of nodes. */
function crossRows(scores: usize, rows: usize, z: usize, q: usize, out: usize): void {
  for (let e: usize = 0; e < q; e++) {
    let total = f64x2.splat(0);
    for (let r: usize = 0; r < rows; r++) {
      const score = v128.load(scores + (r << 4));
      const weighed = z === 0 ? score : f64x2.mul(v128.load64_splat(z + ((r * q + e) << 3)), score);
      total = f64x2.add(total, weighed);
    }
    store<f64>(out + (e << 3), f64x2.extract_lane(total, 0));
    store<f64>(out + ((q + e) << 3), f64x2.extract_lane(total, 1));
  }
}

/** The rows' scores averaged over the nodes of a `levelNodes`, with the given weights. */
export function weighScores(rows: usize, count: usize, scoreAt: usize): void {
  const means = load<usize>(DESCRIPTOR + NODE_ROWS);
  const weights = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  const scores = load<usize>(DESCRIPTOR + NODE_SCORES) + (scoreAt << 3);
  for (let r: usize = 0; r < rows; r++) {
    let total = f64x2.splat(0);
    let score = scores + (r << 4);
    for (let k: usize = 0; k < count; k += 2) {
      total = f64x2.add(total, f64x2.mul(v128.load(score), v128.load(weights + (k << 3))));
      score += rows << 4;
    }
    store<f64>(means + (r << 3), sum(total));
  }
}
