import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";

/**
 * The Cholesky factorisation of a symmetric matrix over the effects of all factors that has the blocks of Z'WZ and no others. There is
 * one for each structure a model can have; symbolic work is done once, when it is made.
 */
export interface BlockCholesky {
  /** Returns log |H|, or null if H is not positive definite. */
  factor(H: EffectsBlocks): number | null;
  /** r <- H^-1 r for the last H that was factored; one array a factor, level-major. */
  solve(r: readonly Float64Array[]): void;
  /** Overwrites `out` with those blocks of H^-1 that H has. */
  inverse(out: EffectsBlocks): void;
}

/** Zeroed blocks in the shapes of a model. */
export function effectsBlocks({ factors, pairs }: LatentGaussian): EffectsBlocks {
  return {
    factors: factors.map(({ levels, effects: q }) => new Float64Array(levels * q * q)),
    pairs: pairs.map(({ first, second, levels }) => {
      return new Float64Array(levels.length * factors[first].effects * factors[second].effects);
    }),
  };
}

/** Zeroed arrays with one number an effect. */
export function effectsVectors({ factors }: LatentGaussian): Float64Array[] {
  return factors.map(({ levels, effects }) => new Float64Array(levels * effects));
}

/** Where the effects of each factor start in one vector over all of them; last, its length. */
export function effectStarts({ factors }: LatentGaussian): number[] {
  const starts = [0];
  for (const { levels, effects } of factors) starts.push(starts[starts.length - 1] + levels * effects);
  return starts;
}

/** Copies one array a factor into one vector. */
export function joined(parts: readonly Float64Array[], vector: Float64Array): void {
  let at = 0;
  for (const part of parts) {
    vector.set(part, at);
    at += part.length;
  }
}

/** Copies one vector into one array a factor. */
export function split(vector: Float64Array, parts: readonly Float64Array[]): void {
  let at = 0;
  for (const part of parts) {
    part.set(vector.subarray(at, at + part.length));
    at += part.length;
  }
}
