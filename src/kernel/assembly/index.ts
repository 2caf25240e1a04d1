import { exp, log, log1p, scaledNormalTail } from "./vector";

export { denseCholesky, denseInverse } from "./denseCholesky";
export { addLevels, beginFactor, endFactor, findFactorModes, integrateFactor } from "./factor/factor";
export { chainEffects, placeEffects, pullEffects } from "./map/effectsMap";
export { integrateNodes } from "./nodes";
export { logLikelihoodGradient } from "./pipeline";
export { rowDerivatives } from "./rows";

/** The vector functions as the tests reach them, over `bytes` of pairs in place. */
export function applyExp(address: usize, bytes: usize): void {
  for (const end = address + bytes; address < end; address += 16) v128.store(address, exp(v128.load(address)));
}

export function applyLog(address: usize, bytes: usize): void {
  for (const end = address + bytes; address < end; address += 16) v128.store(address, log(v128.load(address)));
}

export function applyLog1p(address: usize, bytes: usize): void {
  for (const end = address + bytes; address < end; address += 16) v128.store(address, log1p(v128.load(address)));
}

export function applyScaledNormalTail(address: usize, bytes: usize): void {
  for (const end = address + bytes; address < end; address += 16) {
    v128.store(address, scaledNormalTail(v128.load(address)));
  }
}
