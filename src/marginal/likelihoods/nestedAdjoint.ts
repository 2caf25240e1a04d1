import type { EffectsBlocks } from "../../density/LatentGaussian.js";
import { choleskyAdjoint, solveLowerTransposed } from "../../math/linalg/cholesky.js";
import { type Generation, writeBlocks } from "../factorisations/nestedHessian.js";

/**
 * The adjoint of the factorisation of nested factors: from d value / d L to d value / d H in the blocks of H, symmetric, so that an
 * off-diagonal block stands for half of its two places' sum. `adjoints` has the shapes of the fronts, a generation each, with d / d L in
 * the places of L; it is overwritten. A front's Schur complement went into its parent's front, so that their adjoints are the same.
 */
export function nestedAdjoint(
  chain: readonly Generation[],
  adjoints: readonly Float64Array[],
  out: EffectsBlocks,
): void {
  for (let g = chain.length - 1; g >= 0; g--) {
    const { levels, q, width, parent } = chain[g];
    const own = new Float64Array(q * q);
    for (let j = 0; j < levels; j++) {
      if (parent !== null) copySchur(adjoints[g], width, q, j, adjoints[g + 1], parent[j]);
      frontAdjoint(chain[g], adjoints[g], j, own);
      writeBlocks(chain[g], adjoints[g], j, out);
    }
  }
}

function copySchur(
  to: Float64Array,
  width: number,
  q: number,
  level: number,
  from: Float64Array,
  parent: number,
): void {
  const size = width - q;
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) to[(level * width + q + r) * width + q + c] = from[(parent * size + r) * size + c];
}

/**
 * With L the front's own factor, E the ancestors' rows and S = H22 - E E': E answers with EBar - 2 SBar E, hence H21 = E L' with that
 * times L^-1, and L with what is left of it.
 */
function frontAdjoint({ q, width, fronts }: Generation, bar: Float64Array, level: number, own: Float64Array): void {
  const at = level * width * width;
  for (let r = q; r < width; r++) {
    const row = at + r * width;
    for (let c = 0; c < q; c++)
      for (let k = q; k < width; k++) bar[row + c] -= 2 * bar[row + k] * fronts[at + k * width + c];
    solveLowerTransposed(fronts, q, bar, at, row, 1, width);
  }
  const L = new Float64Array(q * q);
  for (let r = 0; r < q; r++)
    for (let c = 0; c < q; c++) {
      L[r * q + c] = fronts[at + r * width + c];
      own[r * q + c] = bar[at + r * width + c];
      for (let k = q; k < width; k++) own[r * q + c] -= bar[at + k * width + r] * fronts[at + k * width + c];
    }
  choleskyAdjoint(L, q, own);
  for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) bar[at + r * width + c] = own[r * q + c];
  for (let r = q; r < width; r++)
    for (let c = 0; c < q; c++) {
      bar[at + r * width + c] *= 0.5;
      bar[at + c * width + r] = bar[at + r * width + c];
    }
}
