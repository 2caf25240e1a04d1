import type { Link } from "../family/Link.js";
import { studentTwoSidedQuantile } from "../math/special/tailProbability.js";
import type { Ensemble } from "../predict/Ensemble.js";
import type { EstimandNumbers } from "../summary/Estimands.js";

/** A scale on which a number is nearer to normal: intervals are taken there and transformed back. */
export type IntervalScale = Pick<Link, "link" | "inverseLink">;

/** How numbers are told. */
export interface Telling {
  readonly ensemble: Ensemble;
  /** Probability of the intervals. */
  readonly level: number;
  /** Whether the ensemble is of maximum likelihood. */
  readonly isMl: boolean;
}

const none: EstimandNumbers = {
  estimate: Number.NaN,
  sd: Number.NaN,
  lower: Number.NaN,
  upper: Number.NaN,
  degreesOfFreedom: null,
};

/**
 * A function of the parameters in numbers. The interval of a posterior has equal tails; that of maximum likelihood is Wald's, of `scale` where one is given,
 * with Student's t where there are degrees of freedom.
 */
export function estimandNumbers(
  { ensemble, level, isMl }: Telling,
  values: Float64Array,
  df: number | null,
  scale: IntervalScale | null,
): EstimandNumbers {
  if (values.length === 0 || Number.isNaN(values[0])) return none;
  const own = ensemble.estimate(values, 0);
  if (!isMl) return { ...own, degreesOfFreedom: null };
  const transformed = scale === null ? own : ensemble.estimate(values.map(scale.link), 0);
  const reach = studentTwoSidedQuantile(1 - level, df ?? Number.POSITIVE_INFINITY) * transformed.sd;
  const back = scale?.inverseLink ?? ((value: number) => value);
  return {
    estimate: own.estimate,
    sd: own.sd,
    lower: back(transformed.estimate - reach),
    upper: back(transformed.estimate + reach),
    degreesOfFreedom: df,
  };
}
