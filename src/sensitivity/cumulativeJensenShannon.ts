import { log1p } from "../math/special/elementary.js";

/** Values in ascending order, as a distance between two weightings of them needs it. */
export interface OrderedValues {
  /** Length S: places of the values in ascending order. */
  readonly order: Int32Array;
  /** Length S - 1: from each value to the next. */
  readonly gaps: Float64Array;
}

export function ordered(values: Float64Array): OrderedValues {
  const order = Int32Array.from(values.keys()).sort((i, j) => values[i] - values[j]);
  const gaps = Float64Array.from({ length: Math.max(0, order.length - 1) }, (_, k) => {
    return values[order[k + 1]] - values[order[k]];
  });
  return { order, gaps };
}

/**
 * The cumulative Jensen-Shannon distance between two weightings of the same values (Kallioinen, Paananen, Buerkner & Vehtari 2024, after Nguyen &
 * Vreeken 2015): with P and Q their distribution functions,
 * sqrt( int [P log2(P / M) + Q log2(Q / M)] dx / int (P + Q) dx ), M = (P + Q) / 2, the larger of that of the values and of their negatives. The
 * integrals of Q - P in the two directions cancel. Both weightings sum to 1; 0 where all values are the same.
 */
export function cumulativeJensenShannon({ order, gaps }: OrderedValues, p: Float64Array, q: Float64Array): number {
  let [P, Q] = [0, 0];
  let [below, belowBound, above, aboveBound] = [0, 0, 0, 0];
  for (let k = 0; k < gaps.length; k++) {
    P += p[order[k]];
    Q += q[order[k]];
    const gap = gaps[k];
    if (gap === 0) continue;
    below += gap * divergence(P, Q);
    belowBound += gap * (P + Q);
    above += gap * divergence(Math.max(0, 1 - P), Math.max(0, 1 - Q));
    aboveBound += gap * Math.max(0, 2 - P - Q);
  }
  return Math.sqrt(Math.max(ratio(below, belowBound), ratio(above, aboveBound)));
}

/** P log2(P / M) + Q log2(Q / M) by the relative difference of the two, with its series where they are near each other. */
function divergence(P: number, Q: number): number {
  const total = P + Q;
  if (!(total > 0)) return 0;
  const d = (Q - P) / total;
  const square = d * d;
  if (square < SMALL)
    return ((total / 2) * square * (1 + square * (1 / 6 + square * (1 / 15 + square / 28)))) / Math.LN2;
  const parts = entropyPart(-d) + entropyPart(d);
  return ((total / 2) * parts) / Math.LN2;
}

/** Below it the fifth term of the series, square^4 / 45, is lost in rounding. */
const SMALL = 1e-4;

/** (1 + d) log(1 + d), which is 0 at -1. */
function entropyPart(d: number): number {
  return d > -1 ? (1 + d) * log1p(d) : 0;
}

function ratio(value: number, bound: number): number {
  return bound > 0 ? Math.max(0, value) / bound : 0;
}
