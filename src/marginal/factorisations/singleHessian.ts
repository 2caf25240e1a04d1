import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import {
  cholesky,
  inverseFromCholesky,
  logDeterminant,
  solveLower,
  solveLowerTransposed,
} from "../../math/linalg/cholesky.js";
import type { BlockCholesky } from "./BlockCholesky.js";

/** One factor, or none: H is block diagonal. */
export function singleHessian({ factors }: LatentGaussian): BlockCholesky {
  const parts = factors.map(({ levels, effects: q }) => ({ levels, q, L: new Float64Array(levels * q * q) }));
  return {
    factor(H: EffectsBlocks): number | null {
      let total = 0;
      for (let f = 0; f < parts.length; f++) {
        const { levels, q, L } = parts[f];
        L.set(H.factors[f]);
        for (let at = 0; at < levels * q * q; at += q * q) {
          if (!cholesky(L, q, at)) return null;
          total += logDeterminant(L, q, at);
        }
      }
      return total;
    },
    solve(r): void {
      parts.forEach(({ levels, q, L }, f) => {
        for (let j = 0; j < levels; j++) {
          solveLower(L, q, r[f], j * q * q, j * q);
          solveLowerTransposed(L, q, r[f], j * q * q, j * q);
        }
      });
    },
    inverse(out: EffectsBlocks): void {
      parts.forEach(({ levels, q, L }, f) => {
        for (let at = 0; at < levels * q * q; at += q * q) inverseFromCholesky(L, q, out.factors[f], at);
      });
    },
  };
}
