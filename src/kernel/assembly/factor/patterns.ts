import {
  DESCRIPTOR,
  LAMBDA,
  LEVEL_FACTORS,
  LEVEL_MODES,
  NODE_EFFECTS,
  PATTERN_VECTORS,
  VECTORS_OF_PATTERN,
  WORK_VECTORS,
  WORKSPACE,
} from "../../descriptor";
import { at, timesLowerTransposed } from "./smallMatrix";

/** Of a pattern's vectors: the covariates of its effects in b and in u = Lambda^-1 b, and others at work. */
export const Z: usize = 0;
export const W: usize = 1;
export const WORK: usize = 2;
export const STEPS: usize = 3;

export function patternBytes(): usize {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  return ((q * VECTORS_OF_PATTERN) << 3) + PATTERN_VECTORS;
}

export function vectorOf(pattern: usize, k: usize): usize {
  return pattern + PATTERN_VECTORS + ((k * load<usize>(DESCRIPTOR + NODE_EFFECTS)) << 3);
}

/** The workspace's vectors of q, */
export function vectorAt(k: usize): usize {
  return load<usize>(DESCRIPTOR + WORKSPACE) + ((k * load<usize>(DESCRIPTOR + NODE_EFFECTS)) << 3);
}

/** and matrices of q x q. */
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

/** w = Lambda'z */
export function placePattern(pattern: usize): void {
  const w = vectorOf(pattern, W);
  copyVector(vectorOf(pattern, Z), w);
  timesLowerTransposed(load<usize>(DESCRIPTOR + LAMBDA), load<usize>(DESCRIPTOR + NODE_EFFECTS), w);
}

export function dot(left: usize, right: usize): f64 {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  let total: f64 = 0;
  for (let e: usize = 0; e < q; e++) total += load<f64>(at(left, e)) * load<f64>(at(right, e));
  return total;
}

/** A loop, since the bulk instructions are slow for a few bytes. */
export function copyVector(x: usize, y: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  for (let e: usize = 0; e < q; e++) store<f64>(at(y, e), load<f64>(at(x, e)));
}

/** y <- factor x */
export function setMultiple(factor: f64, x: usize, y: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  for (let e: usize = 0; e < q; e++) store<f64>(at(y, e), factor * load<f64>(at(x, e)));
}

/** y += factor x */
export function addMultiple(factor: f64, x: usize, y: usize): void {
  const q = load<usize>(DESCRIPTOR + NODE_EFFECTS);
  for (let e: usize = 0; e < q; e++) store<f64>(at(y, e), load<f64>(at(y, e)) + factor * load<f64>(at(x, e)));
}
