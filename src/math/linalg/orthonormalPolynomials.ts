import { mean } from "../moments.js";
import { orthogonalize } from "./dependentColumns.js";
import { dot } from "./triangularFactor.js";

/**
 * Polynomials of degree 1 to `degree` in x, orthonormal over the given points and orthogonal to the constant, with positive
 * leading coefficients: what R's `poly(x, degree)` returns. The Arnoldi process on diag(x) (Brubeck, Nakatsukasa &
 * Trefethen, 2021). Null unless x has more than `degree` distinct values, not too close together.
 */
export function orthonormalPolynomials(x: Float64Array, degree: number): Float64Array[] | null {
  const points = standardized(x);
  const basis = [new Float64Array(x.length).fill(1 / Math.sqrt(x.length))];
  for (let k = 1; k <= degree; k++) {
    const previous = basis[k - 1];
    const next = points.map((point, i) => point * previous[i]);
    const whole = Math.sqrt(dot(next, next));
    orthogonalize(next, basis);
    const length = Math.sqrt(dot(next, next));
    if (!(length > tolerance * whole)) return null;
    basis.push(next.map((value) => value / length));
  }
  return basis.slice(1);
}

/** As for the rank in R: the least part of a power that must be new. */
const tolerance = 1e-7;

/** Centred and scaled to at most 1 in size, so that no power overflows. */
function standardized(x: Float64Array): Float64Array {
  const centre = mean(x);
  const centred = x.map((value) => value - centre);
  const scale = centred.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return centred.map((value) => value / scale);
}
