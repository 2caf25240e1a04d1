import { exp, log } from "../special/elementary.js";
import type { PositiveRule } from "./QuadratureRule.js";
import { tridiagonalEigenvalues } from "./tridiagonalEigenvalues.js";

/** An even weight function by the recurrence of its orthonormal polynomials, b(k + 1) p(k + 1) = x p(k) - b(k) p(k - 1). */
export interface EvenWeight {
  readonly b: (k: number) => number;
  /** The logarithm of its integral. */
  readonly logMass: number;
  readonly lower: number;
  readonly upper: number;
}

/** Newton's steps from an eigenvalue, which is right to some units in the last place. */
const POLISHING_STEPS = 2;
/** Beyond this size the polynomials are scaled down by it. */
const LARGE = 2 ** 300;

/**
 * The Gauss rule of an even weight function: nodes are the eigenvalues of the Jacobi matrix (Golub & Welsch, 1969), polished
 * by Newton's method on the recurrence; weights are mass / (p_0^2 + ... + p_(n-1)^2), which the recurrence gives on the log
 * scale for any number of points.
 */
export function gaussRule(points: number, weight: EvenWeight): PositiveRule {
  const offDiagonal = Float64Array.from({ length: points - 1 }, (_, k) => weight.b(k + 1));
  const guesses = tridiagonalEigenvalues(new Float64Array(points), offDiagonal);
  const nodes = new Float64Array(points);
  const logWeights = new Float64Array(points);
  for (let i = 0; 2 * i < points; i++) {
    const mirror = points - 1 - i;
    const node = i === mirror ? 0 : polished(guesses[mirror], points, weight);
    nodes[i] = -node;
    nodes[mirror] = node;
    logWeights[i] = logWeights[mirror] = weight.logMass - orthonormal(node, points, weight).logSumOfSquares;
  }
  return { nodes, weights: logWeights.map(exp), logWeights, lower: weight.lower, upper: weight.upper };
}

function polished(guess: number, points: number, weight: EvenWeight): number {
  let node = guess;
  for (let step = 0; step < POLISHING_STEPS; step++) node -= orthonormal(node, points, weight).newtonStep;
  return node;
}

/** p_n / p_n' and log (p_0^2 + ... + p_(n-1)^2) at x. */
function orthonormal(x: number, n: number, { b }: EvenWeight): { newtonStep: number; logSumOfSquares: number } {
  let [before, now] = [0, 1];
  let [slopeBefore, slopeNow] = [0, 0];
  let squares = 0;
  let logScale = 0;
  for (let k = 0; k < n; k++) {
    squares += now * now;
    const below = k === 0 ? 0 : b(k);
    const above = b(k + 1);
    [before, now, slopeBefore, slopeNow] = [
      now,
      (x * now - below * before) / above,
      slopeNow,
      (now + x * slopeNow - below * slopeBefore) / above,
    ];
    if (Math.abs(now) + Math.abs(slopeNow) > LARGE) {
      before /= LARGE;
      now /= LARGE;
      slopeBefore /= LARGE;
      slopeNow /= LARGE;
      squares /= LARGE * LARGE;
      logScale += log(LARGE);
    }
  }
  return { newtonStep: now / slopeNow, logSumOfSquares: log(squares) + 2 * logScale };
}
