import type { Auxiliary, Family, RowDerivatives } from "./Family.js";
import { intervalsByIntegration } from "./intervalsByIntegration.js";
import { intervalsByTails } from "./intervalsByTails.js";
import { intervalsOfCounts } from "./intervalsOfCounts.js";

/**
 * log P(lower < Y <= upper) of one row and its derivatives, as `RowLikelihood.evaluate`; the ends may be infinite, and outside the support.
 * -Infinity where the interval is empty.
 */
export interface RowIntervals {
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

/** The intervals of a family under a link; throws a RangeError for a family that has no distribution function. */
export function rowIntervals(family: Family, link: string): RowIntervals {
  if (family.cumulative === undefined)
    throw new RangeError(`the family ${family.name} has no distribution function, and no probabilities of intervals`);
  if (family.cumulative.isDiscrete) return intervalsOfCounts(family, link);
  return family.tails === undefined
    ? intervalsByIntegration(family, link)
    : intervalsByTails(family, link, family.tails(link));
}
