import {
  DESCRIPTOR,
  FACTOR_B,
  FACTOR_CURSOR,
  FACTOR_EFFECTS,
  FACTOR_GRADIENT,
  FACTOR_LEVEL_INDEX,
  FACTOR_RUNS,
  FACTOR_Z,
  STRIDE,
} from "../descriptor";
import { addTo } from "./fixedPart";
import { sum } from "./vector";

/** eta += Z b of one factor, for the rows of a chunk. */
export function gather(factor: usize, first: usize, end: usize, eta: usize): void {
  if (load<usize>(factor, FACTOR_RUNS)) gatherRuns(factor, first, end, eta);
  else gatherRows(factor, first, end, eta);
}

/** d / d b += Z' score of one factor, for the rows of a chunk. */
export function scatter(factor: usize, first: usize, end: usize, score: usize): void {
  if (load<usize>(factor, FACTOR_RUNS)) scatterRuns(factor, first, end, score);
  else scatterRows(factor, first, end, score);
}

function gatherRuns(factor: usize, first: usize, end: usize, eta: usize): void {
  const levelBytes = load<usize>(factor, FACTOR_EFFECTS) << 3;
  const b = load<usize>(factor, FACTOR_B);
  const Z = load<usize>(factor, FACTOR_Z);
  const z: usize = Z + (first << 3);
  const bytes = (end - first) << 3;
  let run: usize = load<usize>(factor, FACTOR_CURSOR);
  let start: usize = 0;
  while (start < bytes) {
    const stop = (<usize>load<u32>(run) - first) << 3;
    const effects = b + <usize>load<u32>(run, 4) * levelBytes;
    if (Z) addEffects(eta, z, start, stop, effects, effects + levelBytes);
    else addConstant(eta, start, stop, load<f64>(effects));
    start = stop;
    run += 8;
  }
}

function addConstant(eta: usize, start: usize, stop: usize, effect: f64): void {
  const b = f64x2.splat(effect);
  let i = start;
  for (; i + 16 <= stop; i += 16) v128.store(eta + i, f64x2.add(v128.load(eta + i), b));
  if (i < stop) addTo(eta + i, effect);
}

function addEffects(eta: usize, z: usize, start: usize, stop: usize, effect: usize, effectsEnd: usize): void {
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  for (; effect + 16 <= effectsEnd; effect += 16, z += stride << 1) {
    addTwoEffects(eta, z, z + stride, start, stop, load<f64>(effect), load<f64>(effect + 8));
  }
  if (effect < effectsEnd) addOneEffect(eta, z, start, stop, load<f64>(effect));
}

function addTwoEffects(eta: usize, z0: usize, z1: usize, start: usize, stop: usize, e0: f64, e1: f64): void {
  const b0 = f64x2.splat(e0);
  const b1 = f64x2.splat(e1);
  let i = start;
  for (; i + 16 <= stop; i += 16) {
    const both = f64x2.add(f64x2.mul(v128.load(z0 + i), b0), f64x2.mul(v128.load(z1 + i), b1));
    v128.store(eta + i, f64x2.add(v128.load(eta + i), both));
  }
  if (i < stop) addTo(eta + i, load<f64>(z0 + i) * e0 + load<f64>(z1 + i) * e1);
}

function addOneEffect(eta: usize, z: usize, start: usize, stop: usize, effect: f64): void {
  const b = f64x2.splat(effect);
  let i = start;
  for (; i + 16 <= stop; i += 16) {
    v128.store(eta + i, f64x2.add(v128.load(eta + i), f64x2.mul(v128.load(z + i), b)));
  }
  if (i < stop) addTo(eta + i, load<f64>(z + i) * effect);
}

/** The last user of the chunk's runs: it moves the cursor on. */
function scatterRuns(factor: usize, first: usize, end: usize, score: usize): void {
  const levelBytes = load<usize>(factor, FACTOR_EFFECTS) << 3;
  const gradient = load<usize>(factor, FACTOR_GRADIENT);
  const Z = load<usize>(factor, FACTOR_Z);
  const z: usize = Z + (first << 3);
  const bytes = (end - first) << 3;
  let run: usize = load<usize>(factor, FACTOR_CURSOR);
  let start: usize = 0;
  while (start < bytes) {
    const stop = (<usize>load<u32>(run) - first) << 3;
    const effects = gradient + <usize>load<u32>(run, 4) * levelBytes;
    if (Z) dotEffects(score, z, start, stop, effects, effects + levelBytes);
    else addTo(effects, sumRows(score, start, stop));
    start = stop;
    run += 8;
  }
  store<usize>(factor, run, FACTOR_CURSOR);
}

function sumRows(score: usize, start: usize, stop: usize): f64 {
  let total = f64x2.splat(0);
  let i = start;
  for (; i + 16 <= stop; i += 16) total = f64x2.add(total, v128.load(score + i));
  return i < stop ? sum(total) + load<f64>(score + i) : sum(total);
}

function dotEffects(score: usize, z: usize, start: usize, stop: usize, effect: usize, effectsEnd: usize): void {
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  for (; effect + 16 <= effectsEnd; effect += 16, z += stride << 1) {
    dotTwoEffects(score, z, z + stride, start, stop, effect);
  }
  if (effect < effectsEnd) dotOneEffect(score, z, start, stop, effect);
}

function dotTwoEffects(score: usize, z0: usize, z1: usize, start: usize, stop: usize, effects: usize): void {
  let g0 = f64x2.splat(0);
  let g1 = g0;
  let i = start;
  for (; i + 16 <= stop; i += 16) {
    const s = v128.load(score + i);
    g0 = f64x2.add(g0, f64x2.mul(v128.load(z0 + i), s));
    g1 = f64x2.add(g1, f64x2.mul(v128.load(z1 + i), s));
  }
  const s = i < stop ? load<f64>(score + i) : 0;
  addTo(effects, sum(g0) + (i < stop ? load<f64>(z0 + i) * s : 0));
  addTo(effects + 8, sum(g1) + (i < stop ? load<f64>(z1 + i) * s : 0));
}

function dotOneEffect(score: usize, z: usize, start: usize, stop: usize, effect: usize): void {
  let g = f64x2.splat(0);
  let i = start;
  for (; i + 16 <= stop; i += 16) g = f64x2.add(g, f64x2.mul(v128.load(z + i), v128.load(score + i)));
  addTo(effect, i < stop ? sum(g) + load<f64>(z + i) * load<f64>(score + i) : sum(g));
}

/** Row by row, where levels change so often that runs do not pay. */
function gatherRows(factor: usize, first: usize, end: usize, eta: usize): void {
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  const effects = load<usize>(factor, FACTOR_EFFECTS);
  const b = load<usize>(factor, FACTOR_B);
  const Z = load<usize>(factor, FACTOR_Z);
  const levels = load<usize>(factor, FACTOR_LEVEL_INDEX);
  for (let row = first; row < end; row++, eta += 8) {
    let effect: usize = b + ((<usize>load<u32>(levels + (row << 2)) * effects) << 3);
    if (!Z) {
      addTo(eta, load<f64>(effect));
      continue;
    }
    let value = load<f64>(eta);
    const effectsEnd = effect + (effects << 3);
    for (let z: usize = Z + (row << 3); effect < effectsEnd; effect += 8, z += stride) {
      value += load<f64>(z) * load<f64>(effect);
    }
    store<f64>(eta, value);
  }
}

function scatterRows(factor: usize, first: usize, end: usize, score: usize): void {
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  const effects = load<usize>(factor, FACTOR_EFFECTS);
  const gradient = load<usize>(factor, FACTOR_GRADIENT);
  const Z = load<usize>(factor, FACTOR_Z);
  const levels = load<usize>(factor, FACTOR_LEVEL_INDEX);
  for (let row = first; row < end; row++, score += 8) {
    let effect: usize = gradient + ((<usize>load<u32>(levels + (row << 2)) * effects) << 3);
    const s = load<f64>(score);
    if (!Z) {
      addTo(effect, s);
      continue;
    }
    const effectsEnd = effect + (effects << 3);
    for (let z: usize = Z + (row << 3); effect < effectsEnd; effect += 8, z += stride) {
      addTo(effect, load<f64>(z) * s);
    }
  }
}
