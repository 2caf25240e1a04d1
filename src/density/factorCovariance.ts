import type { Hyperparameters } from "./Hyperparameters.js";
import type { FactorData } from "./PredictorData.js";
import { chainPrecision, precision } from "./precision.js";
import type { TermCovariance } from "./TermCovariance.js";

/** A factor's covariance, block diagonal in its terms. */
export interface FactorCovariance {
  readonly effects: number;
  readonly terms: readonly { readonly term: TermCovariance; readonly start: number; readonly block: Float64Array }[];
}

export function factorCovariance({ effects, terms, termStart }: FactorData, hyper: Hyperparameters): FactorCovariance {
  const placed = terms.map((t, k) => {
    const term = hyper.predictors[0].terms[t];
    return { term, start: termStart[k], block: new Float64Array(term.size * term.size) };
  });
  return { effects, terms: placed };
}

/** P = G^-1; returns its log determinant. */
export function fillPrecision({ effects: q, terms }: FactorCovariance, P: Float64Array): number {
  let total = 0;
  for (const { term, start, block } of terms) {
    total += precision(term.Lambda, block);
    for (let r = 0; r < term.size; r++)
      for (let c = 0; c < term.size; c++) P[(start + r) * q + start + c] = block[r * term.size + c];
  }
  return total;
}

/** The adjoint of `fillPrecision`, from the derivatives in the lower entries of P and in log |P| to those in Lambda, which it adds. */
export function addLambdaGradient(
  { effects: q, terms }: FactorCovariance,
  P: Float64Array,
  PAdjoint: Float64Array,
  logDeterminant: number,
): void {
  for (const { term, start, block } of terms) {
    const { size } = term;
    const slopes = new Float64Array(size * size);
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++) {
        block[r * size + c] = P[(start + r) * q + start + c];
        if (c <= r) slopes[r * size + c] = PAdjoint[(start + r) * q + start + c];
      }
    chainPrecision(term.Lambda, block, { P: slopes, logDeterminant }, term.LambdaGradient);
  }
}

/** The sum over the levels of b'Pb. */
export function quadraticForm(P: Float64Array, b: Float64Array): number {
  const q = Math.round(Math.sqrt(P.length));
  let total = 0;
  for (let at = 0; at < b.length; at += q)
    for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) total += P[r * q + c] * b[at + r] * b[at + c];
  return total;
}

/** Adds the derivatives of - b'Pb / 2 in b, where asked for, and in the lower entries of P. */
export function chainQuadraticForm(
  P: Float64Array,
  b: Float64Array,
  bAdjoint: Float64Array | null,
  PAdjoint: Float64Array,
): void {
  const q = Math.round(Math.sqrt(P.length));
  for (let at = 0; at < b.length; at += q)
    for (let r = 0; r < q; r++) {
      let slope = 0;
      for (let c = 0; c < q; c++) slope += P[r * q + c] * b[at + c];
      if (bAdjoint !== null) bAdjoint[at + r] -= slope;
      for (let c = 0; c < r; c++) PAdjoint[r * q + c] -= b[at + r] * b[at + c];
      PAdjoint[r * q + r] -= 0.5 * b[at + r] * b[at + r];
    }
}
