import type { ResponseDesign } from "../design/Design.js";
import type { Auxiliary, CumulativeProbability, Family, RowDerivatives, RowLikelihood } from "../family/Family.js";
import { type IntervalMoments, intervalMoments } from "../family/intervalMoments.js";
import type { Link } from "../family/Link.js";
import { subtract } from "../family/logCombination.js";
import { continuousQuantile, discreteQuantile } from "../family/quantile.js";
import { type RowIntervals, rowIntervals } from "../family/rowIntervals.js";
import { newRowDerivatives } from "../family/rowLikelihoods.js";
import type { RandomStream } from "../math/random/RandomStream.js";
import type { ResponseRows } from "./responseRows.js";

/** What a row is known to lie in, lower < Y <= upper, and within which interval it is seen at all. */
interface RowEnds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** Rows whose responses are censored or truncated; phi are the row's own parameters. */
export interface CutRows extends Omit<ResponseRows, "probability" | "zeroProbability"> {
  /** P(Y_i <= what the row is known not to exceed). */
  probability(i: number, mu: number, phi: Auxiliary): number;
  zeroProbability(i: number, mu: number, phi: Auxiliary): number;
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
  const within = (i: number, mu: number, phi: Auxiliary) => (at: number) => {
    const F = (value: number) => distribution(cumulative, value, mu, phi, trialsOf(i));
    const [least, most] = [F(ends.least[i]), F(ends.most[i])];
    return Math.min(1, Math.max(0, (F(Math.min(at, ends.most[i])) - least) / (most - least)));
  };
  return {
    evaluate: density(row, intervals, response, ends, trialsOf),
    probability: (i, mu, phi) => within(i, mu, phi)(ends.upper[i]),
    zeroProbability: (i, mu, phi) => (ends.least[i] >= 0 ? 0 : within(i, mu, phi)(0)),
    mean: (i, mu, phi) => moments?.(i, mu, phi).mean ?? family.mean(mu, phi, trialsOf(i)),
    variance: (i, mu, phi) => moments?.(i, mu, phi).variance ?? family.variance(mu, phi, trialsOf(i)),
    simulate(stream, i, mu, phi) {
      if (truncation === null) return family.simulate(stream, mu, phi, trialsOf(i));
      return simulateWithin(family, cumulative, stream, mu, phi, trialsOf(i), ends.least[i], ends.most[i]);
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
  intervals: RowIntervals,
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

/** P(Y <= y), also at infinite y. */
function distribution(
  { probability }: CumulativeProbability,
  y: number,
  mu: number,
  phi: Auxiliary,
  trials: number,
): number {
  if (y === Infinity) return 1;
  return y === -Infinity ? 0 : probability(y, mu, phi, trials);
}

/** Responses drawn until one is within the bounds, which are sought by their probabilities where these are small. */
const TRIES = 30;

function simulateWithin(
  family: Family,
  cumulative: CumulativeProbability,
  stream: RandomStream,
  mu: number,
  phi: Auxiliary,
  trials: number,
  least: number,
  most: number,
): number {
  for (let k = 0; k < TRIES; k++) {
    const value = family.simulate(stream, mu, phi, trials);
    if (value > least && value <= most) return value;
  }
  const F = (value: number) => distribution(cumulative, value, mu, phi, trials);
  const reached = F(least) + stream.uniform() * (F(most) - F(least));
  const mean = family.mean(mu, phi, trials);
  const sd = Math.sqrt(family.variance(mu, phi, trials));
  const value = cumulative.isDiscrete
    ? discreteQuantile(F, reached, mean)
    : (cumulative.quantile?.(reached, mu, phi, trials) ?? continuousQuantile(F, reached, mean, sd));
  const first = cumulative.isDiscrete ? least + 1 : least;
  return Math.min(most, Math.max(first, value));
}
