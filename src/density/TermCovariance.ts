import type { HeldCovariance } from "../design/Design.js";
import type { CholeskyCorrelation } from "../transform/choleskyCorrelation.js";

/**
 * The covariance of one random term, G = Lambda Lambda' with Lambda = diag(sds) L, L the Cholesky factor of the
 * correlation. All q x q matrices are row-major and lower triangular.
 */
export interface TermCovariance {
  readonly size: number;
  /** Length q. */
  readonly sds: Float64Array;
  readonly sdsGradient: Float64Array;
  /** The Cholesky factor of the correlation matrix; the identity for q = 1. */
  readonly correlation: Float64Array;
  readonly correlationGradient: Float64Array;
  readonly Lambda: Float64Array;
  /** What a caller accumulates d value / d Lambda in. */
  readonly LambdaGradient: Float64Array;
  readonly transform: CholeskyCorrelation | null;
}

export function termCovariance(size: number, transform: CholeskyCorrelation | null): TermCovariance {
  const square = () => new Float64Array(size * size);
  const correlation = square();
  for (let r = 0; r < size; r++) correlation[r * size + r] = 1;
  return {
    size,
    sds: new Float64Array(size),
    sdsGradient: new Float64Array(size),
    correlation,
    correlationGradient: square(),
    Lambda: square(),
    LambdaGradient: square(),
    transform,
  };
}

/** Sets the sds and the correlation that stand at numbers. */
export function placeHeld(term: TermCovariance, { sds, correlation }: HeldCovariance): void {
  sds.forEach((sd, k) => {
    if (sd !== null) term.sds[k] = sd;
  });
  if (correlation !== null) {
    term.correlation[2] = correlation;
    term.correlation[3] = Math.sqrt(1 - correlation * correlation);
  }
}

/** Lambda from the sds and the correlation's factor. */
export function updateLambda({ size, sds, correlation, Lambda }: TermCovariance): void {
  for (let r = 0; r < size; r++) for (let c = 0; c <= r; c++) Lambda[r * size + c] = sds[r] * correlation[r * size + c];
}

/** The inverse of `updateLambda`; the correlations of an effect without variance are NaN. */
export function splitLambda({ size, sds, correlation, Lambda }: TermCovariance): void {
  for (let r = 0; r < size; r++) {
    let squares = 0;
    for (let c = 0; c <= r; c++) squares += Lambda[r * size + c] * Lambda[r * size + c];
    sds[r] = Math.sqrt(squares);
    // A lone effect has no correlation to be NaN, and nothing that would ever set its 1 back.
    if (size > 1) for (let c = 0; c <= r; c++) correlation[r * size + c] = Lambda[r * size + c] / sds[r];
  }
}

/**
 * The adjoint of `splitLambda`: the gradients of sds and correlation to LambdaGradient (overwritten). Of an effect without variance
 * only the diagonal entry counts, as its sd.
 */
export function chainSplit(term: TermCovariance): void {
  const { size, sds, correlation, sdsGradient, correlationGradient, LambdaGradient } = term;
  for (let r = 0; r < size; r++) {
    const row = r * size;
    let along = 0;
    if (size > 1) for (let c = 0; c <= r; c++) along += correlationGradient[row + c] * correlation[row + c];
    for (let c = 0; c <= r; c++) {
      if (sds[r] === 0) LambdaGradient[row + c] = c === r ? sdsGradient[r] : 0;
      else {
        const turn = size > 1 ? correlationGradient[row + c] - along * correlation[row + c] : 0;
        LambdaGradient[row + c] = sdsGradient[r] * correlation[row + c] + turn / sds[r];
      }
    }
  }
}

/** The adjoint of `updateLambda`: LambdaGradient to the gradients of sds and correlation (overwritten). */
export function chainLambda(term: TermCovariance): void {
  const { size, sds, correlation, sdsGradient, correlationGradient, LambdaGradient } = term;
  for (let r = 0; r < size; r++) {
    let total = 0;
    for (let c = 0; c <= r; c++) {
      const at = r * size + c;
      total += LambdaGradient[at] * correlation[at];
      correlationGradient[at] = LambdaGradient[at] * sds[r];
    }
    sdsGradient[r] = total;
  }
}

/**
 * b = Lambda u for every level, u standing in `position` from `from` on; a level has `stride` effects, of which the term's q
 * start at `start`.
 */
export function scaleEffects(
  { size, Lambda }: TermCovariance,
  position: Float64Array,
  from: number,
  b: Float64Array,
  start: number,
  stride: number,
): void {
  for (let at = start; at < b.length; at += stride)
    for (let r = 0; r < size; r++) {
      let total = 0;
      for (let c = 0; c <= r; c++) total += Lambda[r * size + c] * position[from + at + c];
      b[at + r] = total;
    }
}

/** The adjoint of `scaleEffects`: sets the gradient in u, less u itself (the derivative of log N(u; 0, I)); adds to LambdaGradient. */
export function chainScaleEffects(
  { size, Lambda, LambdaGradient }: TermCovariance,
  position: Float64Array,
  from: number,
  bGradient: Float64Array,
  gradient: Float64Array,
  start: number,
  stride: number,
): void {
  for (let at = start; at < bGradient.length; at += stride)
    for (let c = 0; c < size; c++) {
      const u = position[from + at + c];
      let total = -u;
      for (let r = c; r < size; r++) {
        total += Lambda[r * size + c] * bGradient[at + r];
        LambdaGradient[r * size + c] += bGradient[at + r] * u;
      }
      gradient[from + at + c] = total;
    }
}

/** u = Lambda^-1 b of one level. */
export function whiten({ size, Lambda }: TermCovariance, b: Float64Array, at: number, u: Float64Array): void {
  for (let r = 0; r < size; r++) {
    let value = b[at + r];
    for (let c = 0; c < r; c++) value -= Lambda[r * size + c] * u[c];
    u[r] = value / Lambda[r * size + r];
  }
}

/** x = Lambda^-T u, in place. */
export function solveTransposed({ size, Lambda }: TermCovariance, u: Float64Array): void {
  for (let r = size - 1; r >= 0; r--) {
    let value = u[r];
    for (let c = r + 1; c < size; c++) value -= Lambda[c * size + r] * u[c];
    u[r] = value / Lambda[r * size + r];
  }
}
