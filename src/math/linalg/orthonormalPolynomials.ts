import { mean } from "../moments.js";
import { orthogonalize } from "./dependentColumns.js";
import { addScaled, dot } from "./triangularFactor.js";

/**
 * Polynomials of degree 1 to `degree` in x, orthonormal over the given points and orthogonal to the constant, with positive
 * leading coefficients: what R's `poly(x, degree)` returns, as the recurrence that has them at any points. The Arnoldi process on diag(x) (Brubeck, Nakatsukasa &
 * Trefethen, 2021). Null unless x has more than `degree` distinct values, not too close together.
 */
export function orthonormalPolynomials(x: Float64Array, degree: number): PolynomialRecurrence | null {
  const { centre, scale } = standardization(x);
  const points = x.map((value) => (value - centre) / scale);
  const constant = 1 / Math.sqrt(x.length);
  const basis = [new Float64Array(x.length).fill(constant)];
  const steps: PolynomialStep[] = [];
  for (let k = 1; k <= degree; k++) {
    const previous = basis[k - 1];
    const next = points.map((point, i) => point * previous[i]);
    const whole = Math.sqrt(dot(next, next));
    const along = orthogonalize(next, basis);
    const length = Math.sqrt(dot(next, next));
    if (!(length > tolerance * whole)) return null;
    basis.push(next.map((value) => value / length));
    steps.push({ along, length });
  }
  return { centre, scale, constant, steps };
}

/** The values of the polynomials at points, one column a degree. */
export function polynomialsAt(
  { centre, scale, constant, steps }: PolynomialRecurrence,
  x: Float64Array,
): Float64Array[] {
  const points = x.map((value) => (value - centre) / scale);
  const basis = [new Float64Array(x.length).fill(constant)];
  steps.forEach(({ along, length }, k) => {
    const next = points.map((point, i) => point * basis[k][i]);
    along.forEach((weight, b) => {
      addScaled(next, -weight, basis[b]);
    });
    basis.push(next.map((value) => value / length));
  });
  return basis.slice(1);
}

/** Polynomials p_k of t = (x - centre) / scale: p_0 is a constant, and p_k is t p_(k-1), less `along` of those before it, over `length`. */
export interface PolynomialRecurrence {
  readonly centre: number;
  readonly scale: number;
  readonly constant: number;
  readonly steps: readonly PolynomialStep[];
}

/** One step of the recurrence of orthonormal polynomials. */
export interface PolynomialStep {
  readonly along: Float64Array;
  readonly length: number;
}

/** As for the rank in R: the least part of a power that must be new. */
const tolerance = 1e-7;

/** By which values are centred and at most 1 in size, so that no power overflows. */
function standardization(x: Float64Array): { readonly centre: number; readonly scale: number } {
  const centre = mean(x);
  return { centre, scale: x.reduce((largest, value) => Math.max(largest, Math.abs(value - centre)), 0) };
}
