import type { Hyperparameters } from "./Hyperparameters.js";
import type { FactorData } from "./PredictorData.js";
import { chainPrecision, precision } from "./precision.js";
import type { TermCovariance } from "./TermCovariance.js";

/** A factor's covariance, block diagonal in its terms. */
export interface FactorCovariance {
  readonly effects: number;
  readonly terms: readonly PlacedTerm[];
}

interface PlacedTerm {
  readonly term: TermCovariance;
  /** Its first effect among those of a level. */
  readonly start: number;
  /** Its block of P, and the derivatives in it. */
  readonly block: Float64Array;
  readonly slopes: Float64Array;
  /** Room for `chainPrecision`. */
  readonly work: Float64Array;
}

export function factorCovariance({ effects, terms, termStart }: FactorData, hyper: Hyperparameters): FactorCovariance {
  const placed = terms.map((t, k) => {
    const term = hyper.predictors[0].terms[t];
    const square = () => new Float64Array(term.size * term.size);
    return { term, start: termStart[k], block: square(), slopes: square(), work: new Float64Array(2 * term.size) };
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
  for (const { term, start, block, slopes, work } of terms) {
    const { size } = term;
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++) {
        block[r * size + c] = P[(start + r) * q + start + c];
        if (c <= r) slopes[r * size + c] = PAdjoint[(start + r) * q + start + c];
      }
    chainPrecision(term.Lambda, block, { P: slopes, logDeterminant }, term.LambdaGradient, work);
  }
}

/** The lower entries of the sum over the levels of bb'. */
export function sumOfSquares(b: Float64Array, q: number, squares: Float64Array): void {
  squares.fill(0);
  for (let at = 0; at < b.length; at += q)
    for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) squares[r * q + c] += b[at + r] * b[at + c];
}

/** The sum over the levels of b'Pb, from the lower entries of that of bb'. */
export function quadraticForm({ effects: q }: FactorCovariance, P: Float64Array, squares: Float64Array): number {
  let total = 0;
  for (let r = 0; r < q; r++) {
    for (let c = 0; c < r; c++) total += 2 * P[r * q + c] * squares[r * q + c];
    total += P[r * q + r] * squares[r * q + r];
  }
  return total;
}

/** Adds the derivatives of - b'Pb / 2 in the lower entries of P. */
export function chainQuadraticForm(
  { effects: q }: FactorCovariance,
  squares: Float64Array,
  PAdjoint: Float64Array,
): void {
  for (let r = 0; r < q; r++) {
    for (let c = 0; c < r; c++) PAdjoint[r * q + c] -= squares[r * q + c];
    PAdjoint[r * q + r] -= 0.5 * squares[r * q + r];
  }
}
