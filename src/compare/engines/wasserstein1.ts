import type { Atoms } from "./atoms.js";

/**
 * The Wasserstein-1 distance between two distributions on the line: the integral of |Q_a(p) - Q_b(p)| over p, Q being quantiles
 * (Villani 2003, Topics in Optimal Transportation, 2.2). It is never less than the difference of the means.
 */
export function wasserstein1(a: Atoms, b: Atoms): number {
  let distance = 0;
  let [i, j] = [0, 0];
  let [leftOfA, leftOfB] = [a.weights[0], b.weights[0]];
  while (i < a.values.length && j < b.values.length) {
    const moved = Math.min(leftOfA, leftOfB);
    distance += moved * Math.abs(a.values[i] - b.values[j]);
    leftOfA -= moved;
    leftOfB -= moved;
    // One of the two is exactly zero now.
    if (leftOfA === 0) leftOfA = a.weights[++i];
    if (leftOfB === 0) leftOfB = b.weights[++j];
  }
  return distance;
}
