import type { Family } from "./Family.js";
import { intervalsByIntegration } from "./intervalsByIntegration.js";
import { intervalsByTails } from "./intervalsByTails.js";
import { intervalsOfCounts } from "./intervalsOfCounts.js";
import type { RowProbability } from "./RowProbability.js";

/** The intervals of a family under a link; throws a RangeError for a family that has no distribution function. */
export function rowIntervals(family: Family, link: string): RowProbability {
  if (family.cumulative === undefined)
    throw new RangeError(`the family ${family.name} has no distribution function, and no probabilities of intervals`);
  if (family.cumulative.isDiscrete) return intervalsOfCounts(family, link);
  return family.tails === undefined
    ? intervalsByIntegration(family, link)
    : intervalsByTails(family, link, family.tails(link));
}
