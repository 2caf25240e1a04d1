import type { Auxiliary, RowDerivatives } from "./Family.js";

/**
 * log P(lower < Y <= upper) of one row and its derivatives, as `RowLikelihood.evaluate`; the ends may be infinite, and outside the support.
 * -Infinity where the interval is empty.
 */
export interface RowProbability {
  evaluate(
    lower: number,
    upper: number,
    trials: number,
    eta: number,
    phi: Auxiliary,
    order: 0 | 1 | 2 | 3,
    out: RowDerivatives,
  ): void;
}
