import {
  DESCRIPTOR,
  LEVEL_FACTORS,
  LEVEL_MODES,
  LEVEL_MOMENTS,
  LEVEL_RESPONSES,
  NODE_EFFECTS,
  NODE_SHIFTS,
  NODE_WEIGHTS,
  NODE_Z,
  NODES,
  STRIDE,
  WORK_VECTORS,
  WORKSPACE,
} from "../../descriptor";
import { sum } from "../vector";
import { at } from "./smallMatrix";

/** In the workspace: vectors of q, */
export const EFFECT: usize = 0;
export const GRADIENT: usize = 1;
export const STEP: usize = 2;
export const TRIAL: usize = 3;
/** and matrices of q x q: Z'WZ at the mode. */
export const PRODUCTS: usize = 0;

export function vectorAt(k: usize): usize {
  return load<usize>(DESCRIPTOR + WORKSPACE) + ((k * load<usize>(DESCRIPTOR + NODE_EFFECTS)) << 3);
}

export function matrixAt(k: usize): usize {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  return vectorAt(WORK_VECTORS) + ((k * q * q) << 3);
}

export function modeOf(level: usize): usize {
  return load<usize>(DESCRIPTOR + LEVEL_MODES) + ((level * load<usize>(DESCRIPTOR + NODE_EFFECTS)) << 3);
}

/** The lower factor of the curvature at a level's mode. */
export function factorOf(level: usize): usize {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  return load<usize>(DESCRIPTOR + LEVEL_FACTORS) + ((level * q * q) << 3);
}

/** The sum of a level's responses. */
export function responseOf(level: usize): f64 {
  return load<f64>(load<usize>(DESCRIPTOR + LEVEL_RESPONSES) + (level << 3));
}

/** One effect's covariate of the rows from byte `first` on. */
export function covariate(effect: usize, first: usize): usize {
  return load<usize>(DESCRIPTOR + NODE_Z) + effect * load<usize>(DESCRIPTOR + STRIDE) + first;
}

/** Adds Z b to rows. */
export function addEffects(b: usize, rows: usize, first: usize, bytes: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  for (let e: usize = 0; e < q; e++) {
    const effect = v128.load64_splat(at(b, e));
    const z = covariate(e, first);
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(rows + i, f64x2.add(v128.load(rows + i), f64x2.mul(effect, v128.load(z + i))));
  }
}

/** Z's of rows, into `out`. */
export function crossRows(s: usize, first: usize, bytes: usize, out: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  for (let e: usize = 0; e < q; e++) {
    const z = covariate(e, first);
    let total = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) total = f64x2.add(total, f64x2.mul(v128.load(s + i), v128.load(z + i)));
    store<f64>(at(out, e), sum(total));
  }
}

/** Means over the nodes of the effects less their modes, of their squares and of their cubes. */
export function writeMoments(level: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  const width = load<usize>(DESCRIPTOR + NODES) << 3;
  const weights = load<usize>(DESCRIPTOR + NODE_WEIGHTS);
  let shifts = load<usize>(DESCRIPTOR + NODE_SHIFTS);
  let out = load<usize>(DESCRIPTOR + LEVEL_MOMENTS) + 24 * q * level;
  for (let e: usize = 0; e < q; e++, out += 24, shifts += width) {
    let means = f64x2.splat(0);
    let squares = means;
    let cubes = means;
    for (let node: usize = 0; node < width; node += 16) {
      const shift = v128.load(shifts + node);
      const first = f64x2.mul(v128.load(weights + node), shift);
      const second = f64x2.mul(first, shift);
      means = f64x2.add(means, first);
      squares = f64x2.add(squares, second);
      cubes = f64x2.add(cubes, f64x2.mul(second, shift));
    }
    store<f64>(out, sum(means));
    store<f64>(out + 8, sum(squares));
    store<f64>(out + 16, sum(cubes));
  }
}
