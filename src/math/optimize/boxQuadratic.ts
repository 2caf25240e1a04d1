import { cholesky, solveLower, solveLowerTransposed } from "../linalg/cholesky.js";
import { addScaled, dot } from "../linalg/triangularFactor.js";
import { multiply, quadraticForm, submatrix } from "./definite.js";
import type { Box } from "./Objective.js";

/** A multiplier of the wrong sign is rounding below this share of its terms. */
const ROUNDING = 1e-13;

/** The minimiser of a quadratic within a box. */
export interface BoxStep {
  readonly step: Float64Array;
  /** Of each coordinate: -1 at its lower bound, 1 at its upper one, 0 between. */
  readonly side: Int8Array;
  /** How far the quadratic falls. */
  readonly decrease: number;
}

/**
 * Minimises gradient' step + step' hessian step / 2 over steps within the box, which contains 0, by a primal active-set method
 * (Nocedal & Wright, 2006, algorithm 16.3; for bounds, Stark & Parker, 1995). The Hessian is positive definite, row-major.
 */
export function minimizeBoxQuadratic(hessian: Float64Array, gradient: Float64Array, box: Box): BoxStep {
  const n = gradient.length;
  const step = new Float64Array(n);
  const side = Int8Array.from(gradient, (slope, i) => sideAtZero(slope, box.lower[i], box.upper[i]));
  let slopes: Float64Array = gradient.slice();
  // Every round lowers the quadratic or holds one more coordinate, so that rounding alone could make it go on for ever.
  for (let round = 0; round < 20 * n + 20; round++) {
    const move = freeMove(hessian, slopes, side);
    const blocked = advance(step, move, side, box);
    slopes = multiply(hessian, step);
    addScaled(slopes, 1, gradient);
    if (!blocked && !release(hessian, gradient, slopes, step, side, box)) break;
  }
  return { step, side, decrease: -dot(gradient, step) - 0.5 * quadraticForm(hessian, step) };
}

function sideAtZero(slope: number, lower: number, upper: number): number {
  if (lower === 0 && (slope > 0 || upper === 0)) return -1;
  return upper === 0 && slope < 0 ? 1 : 0;
}

/** The step from here to the minimum over the coordinates that are at no bound. */
function freeMove(hessian: Float64Array, slopes: Float64Array, side: Int8Array): Float64Array {
  const n = slopes.length;
  const free = [...slopes.keys()].filter((i) => side[i] === 0);
  const factor = submatrix(hessian, n, free);
  if (!cholesky(factor, free.length))
    throw new RangeError("the Hessian of a box-constrained quadratic is not positive definite");
  const solution = Float64Array.from(free, (i) => -slopes[i]);
  solveLower(factor, free.length, solution);
  solveLowerTransposed(factor, free.length, solution);
  const move = new Float64Array(n);
  free.forEach((i, k) => {
    move[i] = solution[k];
  });
  return move;
}

/** Adds as much of the move as the box allows; true if a bound cut it short, which then holds its coordinate. */
function advance(step: Float64Array, move: Float64Array, side: Int8Array, box: Box): boolean {
  let share = 1;
  let blocking = -1;
  for (let i = 0; i < step.length; i++) {
    const target = step[i] + move[i];
    if (side[i] !== 0 || (target >= box.lower[i] && target <= box.upper[i])) continue;
    const room = ((move[i] < 0 ? box.lower[i] : box.upper[i]) - step[i]) / move[i];
    if (blocking < 0 || room < share) {
      share = room;
      blocking = i;
    }
  }
  addScaled(step, share, move);
  for (let i = 0; i < step.length; i++) step[i] = Math.min(Math.max(step[i], box.lower[i]), box.upper[i]);
  if (blocking < 0) return false;
  side[blocking] = move[blocking] < 0 ? -1 : 1;
  step[blocking] = move[blocking] < 0 ? box.lower[blocking] : box.upper[blocking];
  return true;
}

/** Frees the coordinate whose multiplier has the wrong sign by most; false if there is none. */
function release(
  hessian: Float64Array,
  gradient: Float64Array,
  slopes: Float64Array,
  step: Float64Array,
  side: Int8Array,
  box: Box,
): boolean {
  const n = side.length;
  let worst = -1;
  let worstGain = 0;
  for (let i = 0; i < n; i++) {
    const pull = side[i] * slopes[i];
    if (side[i] === 0 || pull <= 0 || box.lower[i] === box.upper[i]) continue;
    let terms = Math.abs(gradient[i]);
    for (let j = 0; j < n; j++) terms += Math.abs(hessian[i * n + j] * step[j]);
    const gain = (pull * pull) / hessian[i * n + i];
    if (pull > ROUNDING * terms && gain > worstGain) {
      worst = i;
      worstGain = gain;
    }
  }
  if (worst >= 0) side[worst] = 0;
  return worst >= 0;
}
