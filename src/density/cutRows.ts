import type { ResponseDesign } from "../design/Design.js";
import type { Auxiliary, Family, RowDerivatives, RowLikelihood } from "../family/Family.js";
import { type IntervalMoments, intervalMoments } from "../family/intervalMoments.js";
import type { Link } from "../family/Link.js";
import { subtract } from "../family/logCombination.js";
import type { RowProbability } from "../family/RowProbability.js";
import { rowIntervals } from "../family/rowIntervals.js";
import { newRowDerivatives } from "../family/rowLikelihoods.js";
import { type Interval, probabilityWithin, simulateWithin } from "../family/withinInterval.js";
import type { CutRows, ResponseRows } from "./responseRows.js";

/** What a row is known to lie in, lower < Y <= upper, and within which interval it is seen at all. */
interface RowEnds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * Rows of a response with censoring or truncation: the log density of a value that is seen, the log probability of the interval that one is known to lie in, both divided by the
 * probability of being seen. Moments and simulated responses are of the truncated response, and know of no censoring.
 */
export function cutRows(
  family: Family,
  row: RowLikelihood,
  link: string,
  meanLink: Link,
  response: ResponseDesign,
): CutRows {
  const { cumulative } = family;
  if (cumulative === undefined) throw new RangeError(`the family ${family.name} has no distribution function`);
  const { trials, truncation } = response;
  const trialsOf = (i: number) => (trials === null ? 1 : trials[i]);
  const ends = rowEnds(response, cumulative.isDiscrete);
  const intervals = rowIntervals(family, link);
  const moments =
    truncation && momentsWithin(ends, intervalMoments(family, link, meanLink.inverseLink), trialsOf, meanLink);
  const within = (i: number): Interval => ({ lower: ends.least[i], upper: ends.most[i] });
  const upTo = (i: number, y: number, mu: number, phi: Auxiliary) =>
    probabilityWithin(cumulative, y, mu, phi, trialsOf(i), within(i));
  return {
    evaluate: density(row, intervals, response, ends, trialsOf),
    probability: (i, mu, phi) => upTo(i, ends.upper[i], mu, phi),
    zeroProbability: (i, mu, phi) => upTo(i, 0, mu, phi),
    mean: (i, mu, phi) => moments?.(i, mu, phi).mean ?? family.mean(mu, phi, trialsOf(i)),
    variance: (i, mu, phi) => moments?.(i, mu, phi).variance ?? family.variance(mu, phi, trialsOf(i)),
    simulate(stream, i, mu, phi) {
      if (truncation === null) return family.simulate(stream, mu, phi, trialsOf(i));
      return simulateWithin(family, stream, mu, phi, trialsOf(i), within(i));
    },
  };
}

/** A row that is seen has `lower` and `upper` at its value, whose density counts. */
function rowEnds({ values: y, censoring, truncation }: ResponseDesign, isDiscrete: boolean): RowEnds {
  const least = y
    .map((_, i) => truncation?.lower[i] ?? -Infinity)
    .map((bound) => (isDiscrete ? Math.ceil(bound) - 1 : bound));
  const most = y.map((_, i) => truncation?.upper[i] ?? Infinity);
  const kind = (i: number) => censoring?.kinds[i] ?? 0;
  const lower = y.map((value, i) => (kind(i) === -1 ? least[i] : Math.max(least[i], value)));
  const upper = y.map((value, i) => {
    if (kind(i) === 1) return most[i];
    return Math.min(most[i], kind(i) === 2 ? (censoring?.upper?.[i] ?? value) : value);
  });
  return { lower, upper, least, most };
}

function density(
  row: RowLikelihood,
  intervals: RowProbability,
  { values: y, censoring, truncation }: ResponseDesign,
  { lower, upper, least, most }: RowEnds,
  trialsOf: (i: number) => number,
): ResponseRows["evaluate"] {
  let seen: RowDerivatives = newRowDerivatives(0);
  return (i, eta, phi, order, out) => {
    if (censoring === null || censoring.kinds[i] === 0) row.evaluate(y[i], trialsOf(i), eta, phi, order, out);
    else intervals.evaluate(lower[i], upper[i], trialsOf(i), eta, phi, order, out);
    if (truncation === null) return;
    if (seen.dPhi.length !== phi.length) seen = newRowDerivatives(phi.length);
    intervals.evaluate(least[i], most[i], trialsOf(i), eta, phi, order, seen);
    subtract(seen, out);
  };
}

function momentsWithin(
  { least, most }: RowEnds,
  moments: IntervalMoments,
  trialsOf: (i: number) => number,
  { link }: Link,
): (i: number, mu: number, phi: Auxiliary) => ReturnType<IntervalMoments> {
  return (i, mu, phi) => moments(least[i], most[i], trialsOf(i), link(mu), phi);
}
