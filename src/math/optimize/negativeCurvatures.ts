import { quadraticForm, submatrix } from "./definite.js";
import type { Box, Evaluated } from "./Objective.js";

/** As shares of a diagonal: negative curvature beyond the error of a difference, and curvature too small to divide by. */
const CLEARLY_NEGATIVE = 1e-3;
const CLEARLY_POSITIVE = 1e-6;

/**
 * Directions of negative curvature of a Hessian along which the bounds leave room and the slope is no obstacle: `tolerance` is
 * the largest slope at a bound, in units of the square root of the curvature, that counts as none.
 */
export function negativeCurvatures(
  point: Evaluated,
  hessian: Float64Array,
  box: Box,
  tolerance: number,
): Float64Array[] {
  const n = point.position.length;
  const loose = [...point.position.keys()].filter((i) =>
    isLoose(point, box, i, tolerance * Math.sqrt(Math.abs(hessian[i * n + i]))),
  );
  const found = negativeCurvature(submatrix(hessian, n, loose), loose.length);
  if (found === null) return [];
  const whole = new Float64Array(n);
  loose.forEach((i, k) => {
    whole[i] = found[k];
  });
  return [whole, whole.map((x) => -x)]
    .map((direction) => direction.map((x, i) => (isBlocked(point.position[i], x, box.lower[i], box.upper[i]) ? 0 : x)))
    .filter((direction) => quadraticForm(hessian, direction) < 0);
}

/** Whether a coordinate is at no bound, or pressed against it by no more than `slack`. */
function isLoose({ position, gradient }: Evaluated, { lower, upper }: Box, i: number, slack: number): boolean {
  if (lower[i] === upper[i]) return false;
  return (position[i] > lower[i] && position[i] < upper[i]) || Math.abs(gradient[i]) <= slack;
}

function isBlocked(position: number, move: number, lower: number, upper: number): boolean {
  return move < 0 ? position <= lower : position >= upper;
}

/**
 * A direction v with v' matrix v clearly below zero, from the first such pivot of the elimination (Gill & Murray, 1974);
 * null if there is none. Flat pivots are passed over.
 */
function negativeCurvature(matrix: Float64Array, n: number): Float64Array | null {
  const factor = new Float64Array(n * n);
  const pivots = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k++) rest -= factor[i * n + k] * pivots[k] * factor[j * n + k];
      factor[i * n + j] = pivots[j] > 0 ? rest / pivots[j] : 0;
    }
    const size = Math.abs(matrix[i * n + i]);
    let pivot = matrix[i * n + i];
    for (let k = 0; k < i; k++) pivot -= factor[i * n + k] * factor[i * n + k] * pivots[k];
    if (pivot < -CLEARLY_NEGATIVE * size) return eliminated(factor, n, i);
    pivots[i] = pivot > CLEARLY_POSITIVE * size ? pivot : 0;
  }
  return null;
}

/** v with L' v = e_i, whose curvature is the i-th pivot. */
function eliminated(factor: Float64Array, n: number, i: number): Float64Array {
  const v = new Float64Array(n);
  v[i] = 1;
  for (let j = i - 1; j >= 0; j--) for (let k = j + 1; k <= i; k++) v[j] -= factor[k * n + j] * v[k];
  return v;
}
