import { exp, inverseLogit, log, logit } from "../../math/special/elementary.js";
import type { Estimate } from "../../summary/Estimate.js";
import type { Ensemble } from "../Ensemble.js";

/** The range of a number, in which the ends of its interval must lie. */
export type Range = "positive" | "share" | "correlation";

const scales = {
  positive: { to: log, from: exp },
  share: { to: logit, from: inverseLogit },
  correlation: { to: (r: number) => logit((1 + r) / 2), from: (x: number) => 2 * inverseLogit(x) - 1 },
};

/** The ends of each range. */
const ends: Readonly<Record<Range, readonly [number, number]>> = {
  positive: [0, Number.POSITIVE_INFINITY],
  share: [0, 1],
  correlation: [-1, 1],
};

/** The largest standard error on the scale of log or logit at which intervals are taken there: those of 95% then span a factor of 2500. */
const MOST = 2;

/**
 * `Ensemble.estimate` with an interval that, where it is not of draws, is taken on the scale of log, logit or Fisher's z; or as it is, cut at the ends of the range, where the standard error there is so large that the
 * interval would tell of rounding, as of a variance near 0.
 */
export function estimateWithin(range: Range, ensemble: Ensemble, values: Float64Array): Estimate {
  const plain = ensemble.estimate(values, 0);
  if (ensemble.shift === null) return plain;
  const { to, from } = scales[range];
  const { sd, lower, upper } = ensemble.estimate(values.map(to), 0);
  // At an end of the range there is no such scale.
  if (!(sd <= MOST && Number.isFinite(lower) && Number.isFinite(upper))) {
    const [least, most] = ends[range];
    return { ...plain, lower: Math.max(least, plain.lower), upper: Math.min(most, plain.upper) };
  }
  return { ...plain, lower: from(lower), upper: from(upper) };
}
