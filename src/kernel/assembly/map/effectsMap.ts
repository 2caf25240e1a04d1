import {
  B,
  B_ADJOINT,
  BLOCK,
  EFFECTS,
  EIGENVECTORS,
  FACTOR_BYTES,
  LEVELS,
  P,
  P_ADJOINT,
  SQUARES,
  STAGE_BYTES,
  STAGE_END,
  STAGE_FIRST,
} from "../../map/effectsDescriptor";
import { subtractMultiple, sumOfProducts } from "./columns";
import { assemble, eliminate, eliminateAdjoint, substitute, substituteAdjoint } from "./fronts";
import { chainInformation, fillInformation } from "./information";
import { placeSpectral, placeSpectralAdjoint } from "./spectral";

/**
 * The effects of the factors of some stages, from the last stage to the first, each given those after it as a Gaussian with precision
 * Q = W + P = L L' and information vector h: b = L^-T (L^-1 h + z). Returns log |L|, NaN where Q is not positive definite; fills `SQUARES`.
 */
export function placeEffects(stages: usize, end: usize): f64 {
  let logRoots: f64 = 0;
  for (let stage = end; stage > stages; ) {
    stage -= STAGE_BYTES;
    logRoots += placeStage(load<usize>(stage, STAGE_FIRST), load<usize>(stage, STAGE_END));
  }
  return logRoots;
}

function placeStage(first: usize, end: usize): f64 {
  for (let factor = first; factor < end; factor += FACTOR_BYTES) fillInformation(factor);
  const logRoots = load<usize>(first, EIGENVECTORS) ? placeSpectral(first) : placeTree(first, end);
  for (let factor = first; factor < end; factor += FACTOR_BYTES) fillSquares(factor);
  return logRoots;
}

function placeTree(first: usize, end: usize): f64 {
  let logRoots: f64 = 0;
  for (let factor = first; factor < end; factor += FACTOR_BYTES) assemble(factor);
  for (let factor = first; factor < end; factor += FACTOR_BYTES) logRoots += eliminate(factor);
  for (let factor = end; factor > first; ) {
    factor -= FACTOR_BYTES;
    substitute(factor);
  }
  return logRoots;
}

/**
 * The adjoint of the last `placeEffects`, to a value that has - log |L| in it: from d value / d b (spoilt) sets d value / d z and d value / d P
 * of its lower entries, and adds to the derivatives that the columns of h point at.
 */
export function chainEffects(stages: usize, end: usize): void {
  for (let stage = stages; stage < end; stage += STAGE_BYTES)
    chainStage(load<usize>(stage, STAGE_FIRST), load<usize>(stage, STAGE_END));
}

function chainStage(first: usize, end: usize): void {
  for (let factor = first; factor < end; factor += FACTOR_BYTES) {
    const block = load<usize>(factor, BLOCK);
    memory.fill(load<usize>(factor, P_ADJOINT), 0, (block * block) << 3);
  }
  if (load<usize>(first, EIGENVECTORS)) placeSpectralAdjoint(first);
  else placeTreeAdjoint(first, end);
  for (let factor = first; factor < end; factor += FACTOR_BYTES) chainInformation(factor);
}

function placeTreeAdjoint(first: usize, end: usize): void {
  for (let factor = first; factor < end; factor += FACTOR_BYTES) substituteAdjoint(factor);
  for (let factor = end; factor > first; ) {
    factor -= FACTOR_BYTES;
    eliminateAdjoint(factor);
  }
}

/** Adds the derivatives of the logs of the effects' normal densities, - b'Pb / 2, in b. */
export function pullEffects(stages: usize, end: usize): void {
  for (let stage = stages; stage < end; stage += STAGE_BYTES) {
    const last = load<usize>(stage, STAGE_END);
    for (let factor = load<usize>(stage, STAGE_FIRST); factor < last; factor += FACTOR_BYTES) pullFactor(factor);
  }
}

function pullFactor(factor: usize): void {
  const block = load<usize>(factor, BLOCK);
  const bytes = (load<usize>(factor, LEVELS) * load<usize>(factor, EFFECTS)) << 3;
  const b = load<usize>(factor, B);
  const out = load<usize>(factor, B_ADJOINT);
  for (let r: usize = 0; r < block; r++)
    for (let c: usize = 0; c < block; c++) {
      const slope = load<f64>(load<usize>(factor, P) + ((r * block + c) << 3));
      subtractMultiple(out + (r << 3), slope, b + (c << 3), block << 3, out + bytes);
    }
}

/** The lower entries of the sum of bb' over the blocks. */
function fillSquares(factor: usize): void {
  const block = load<usize>(factor, BLOCK);
  const count = (load<usize>(factor, LEVELS) * load<usize>(factor, EFFECTS)) / block;
  const b = load<usize>(factor, B);
  const out = load<usize>(factor, SQUARES);
  for (let r: usize = 0; r < block; r++)
    for (let c: usize = 0; c <= r; c++)
      store<f64>(out + ((r * block + c) << 3), sumOfProducts(b + (r << 3), b + (c << 3), block << 3, count));
}
