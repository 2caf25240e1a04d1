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

/** `Ensemble.estimate` with an interval that, where it is not of draws, is taken on the scale of log, logit or Fisher's z. */
export function estimateWithin(range: Range, ensemble: Ensemble, values: Float64Array): Estimate {
  const plain = ensemble.estimate(values, 0);
  if (ensemble.shift === null) return plain;
  const { to, from } = scales[range];
  const { lower, upper } = ensemble.estimate(values.map(to), 0);
  // At an end of the range, where there is no such scale.
  if (!(Number.isFinite(lower) && Number.isFinite(upper))) return plain;
  return { ...plain, lower: from(lower), upper: from(upper) };
}
