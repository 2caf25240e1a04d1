import { solveLowerTransposed } from "./cholesky.js";

/** A square matrix as A = L Q, all n x n and row-major. */
export interface LowerFactor {
  /** Lower triangular, its diagonal not negative: L L' = A A'. */
  readonly L: Float64Array;
  /** Orthogonal. */
  readonly Q: Float64Array;
}

/** L Q = A by plane rotations of the columns (Golub & Van Loan, 2013, section 5.2.5). A row of zeros stays one, to the bit. */
export function lowerFactor(A: Float64Array, n: number): LowerFactor {
  const L = A.slice();
  const Q = new Float64Array(n * n);
  for (let r = 0; r < n; r++) Q[r * n + r] = 1;
  for (let r = 0; r < n; r++) {
    for (let c = r + 1; c < n; c++) {
      const [kept, removed] = [L[r * n + r], L[r * n + c]];
      if (removed === 0) continue;
      const length = Math.sqrt(kept * kept + removed * removed);
      const [cosine, sine] = [kept / length, removed / length];
      for (let i = 0; i < n; i++) rotate(L, i * n + r, i * n + c, cosine, sine);
      for (let j = 0; j < n; j++) rotate(Q, r * n + j, c * n + j, cosine, sine);
      L[r * n + c] = 0;
    }
    if (L[r * n + r] < 0) {
      for (let i = 0; i < n; i++) L[i * n + r] = -L[i * n + r];
      for (let j = 0; j < n; j++) Q[r * n + j] = -Q[r * n + j];
    }
  }
  return { L, Q };
}

function rotate(M: Float64Array, first: number, second: number, cosine: number, sine: number): void {
  const [x, y] = [M[first], M[second]];
  M[first] = cosine * x + sine * y;
  M[second] = cosine * y - sine * x;
}

/**
 * The adjoint of `lowerFactor`: from d value / d L (lower triangular) to d value / d A. With M = L^-1 dA Q' the step dL is L times the
 * lower triangle of M plus the transpose of what is above it (after Seeger et al., 2017). L must be regular.
 */
export function lowerFactorAdjoint({ L, Q }: LowerFactor, n: number, LAdjoint: Float64Array): Float64Array {
  const M = new Float64Array(n * n);
  for (let r = 0; r < n; r++)
    for (let c = 0; c <= r; c++) {
      let total = 0;
      for (let k = r; k < n; k++) total += L[k * n + r] * LAdjoint[k * n + c];
      M[r * n + c] = total;
      M[c * n + r] = total;
    }
  for (let c = 0; c < n; c++) solveLowerTransposed(L, n, M, 0, c, n);
  const A = new Float64Array(n * n);
  for (let r = 0; r < n; r++)
    for (let c = 0; c < n; c++) for (let k = 0; k < n; k++) A[r * n + c] += M[r * n + k] * Q[k * n + c];
  return A;
}
