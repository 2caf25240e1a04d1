import { exp, expm1, log, log1p } from "../math/special/elementary.js";

/**
 * A bijection of the real space of q (q - 1) / 2 dimensions onto the Cholesky factors L of q x q correlation matrices,
 * by canonical partial correlations z = tanh(u) (Lewandowski, Kurowicka & Joe 2009; Stan's cholesky_factor_corr).
 *
 * L is row-major q x q, lower triangular, with a positive diagonal and rows of unit length; a q x q buffer's upper
 * triangle is never touched. The values u go row by row as in Stan, u(2,1) u(3,1) u(3,2) u(4,1) ..., and
 * L(i,j) = z(i,j) s(i,j), L(i,i) = s(i,i), where s(i,j) = product over k < j of sech(u(i,k)) is what the columns before
 * j leave of the row's unit length. Determinants are those of the map u -> the entries of L below the diagonal.
 */
export interface CholeskyCorrelation {
  /** Number of unconstrained values, q (q - 1) / 2. */
  readonly size: number;
  /** Writes L from the values at `u[offset..]`; returns log |det Jacobian|. Finite for any finite u. */
  constrain(u: Float64Array, offset: number, L: Float64Array): number;
  /** Writes the values of L to `u[offset..]`. */
  unconstrain(L: Float64Array, u: Float64Array, offset: number): void;
  /** Adds to `uGradient[offset..]` the gradient in u of what has the gradient `LGradient` in the entries of L. */
  adjoint(L: Float64Array, LGradient: Float64Array, uGradient: Float64Array, offset: number): void;
  /** Adds the gradient of the log |det Jacobian|. */
  jacobianAdjoint(L: Float64Array, uGradient: Float64Array, offset: number): void;
}

/** For q >= 2 rows (q = 1 is allowed and has no values). Nothing is allocated after it is made. */
export function makeCholeskyCorrelation(q: number): CholeskyCorrelation {
  return {
    size: (q * (q - 1)) / 2,
    constrain(u, offset, L) {
      let logJacobian = 0;
      for (let i = 0, at = offset; i < q; at += i, i++) logJacobian += constrainRow(u, at, L, i * q, i);
      return logJacobian;
    },
    unconstrain(L, u, offset) {
      for (let i = 1, at = offset; i < q; at += i, i++) unconstrainRow(L, i * q, i, u, at);
    },
    adjoint(L, LGradient, uGradient, offset) {
      for (let i = 1, at = offset; i < q; at += i, i++) adjointRow(L, LGradient, i * q, i, uGradient, at);
    },
    jacobianAdjoint(L, uGradient, offset) {
      for (let i = 1, at = offset; i < q; at += i, i++) jacobianAdjointRow(L, i * q, i, uGradient, at);
    },
  };
}

/**
 * Row i (counted from 0) of L starts at `row`, its values at `at`. d L(i,j) / d u(i,j) = s(i,j) sech^2(u(i,j)), and the
 * row's Jacobian is triangular: each sech(u(i,j)) enters it i - j + 1 times.
 */
function constrainRow(u: Float64Array, at: number, L: Float64Array, row: number, i: number): number {
  let left = 1;
  let logJacobian = 0;
  for (let j = 0; j < i; j++) {
    const x = u[at + j];
    const distance = Math.abs(x);
    const t = expm1(-2 * distance);
    const tanh = -t / (2 + t);
    L[row + j] = left * (x < 0 ? -tanh : tanh);
    left *= (2 * exp(-distance)) / (2 + t);
    logJacobian += (i - j + 1) * (Math.LN2 - distance - log(2 + t));
  }
  L[row + i] = left;
  return logJacobian;
}

// The rows below go backwards from the diagonal: s(i,j) is the length of the row from column j on.

function unconstrainRow(L: Float64Array, row: number, i: number, u: Float64Array, at: number): void {
  let left = L[row + i];
  for (let j = i - 1; j >= 0; j--) {
    u[at + j] = asinh(L[row + j] / left);
    left = hypotenuse(left, L[row + j]);
  }
}

function adjointRow(
  L: Float64Array,
  LGradient: Float64Array,
  row: number,
  i: number,
  uGradient: Float64Array,
  at: number,
): void {
  let left = L[row + i];
  let later = LGradient[row + i] * left;
  for (let j = i - 1; j >= 0; j--) {
    const entry = L[row + j];
    const whole = hypotenuse(left, entry);
    uGradient[at + j] += LGradient[row + j] * left * (left / whole) - (entry / whole) * later;
    later += LGradient[row + j] * entry;
    left = whole;
  }
}

function jacobianAdjointRow(L: Float64Array, row: number, i: number, uGradient: Float64Array, at: number): void {
  let left = L[row + i];
  for (let j = i - 1; j >= 0; j--) {
    left = hypotenuse(left, L[row + j]);
    uGradient[at + j] -= (i - j + 1) * (L[row + j] / left);
  }
}

/** sqrt(a^2 + b^2) for a > 0 without underflow; Math.hypot has other bits on other platforms. */
function hypotenuse(a: number, b: number): number {
  const large = Math.max(a, Math.abs(b));
  const ratio = Math.min(a, Math.abs(b)) / large;
  return large * Math.sqrt(1 + ratio * ratio);
}

/** tanh(u) / sech(u) = sinh(u) */
function asinh(x: number): number {
  const magnitude = Math.abs(x);
  const value = log1p(magnitude + (magnitude * magnitude) / (1 + Math.sqrt(1 + magnitude * magnitude)));
  return x < 0 ? -value : value;
}
