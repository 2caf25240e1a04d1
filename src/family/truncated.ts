import type { Auxiliary, CumulativeProbability, Family } from "./Family.js";
import { type IntervalMoments, intervalMoments } from "./intervalMoments.js";
import { linkNamed } from "./links.js";
import { type Interval, probabilityWithin, simulateWithin } from "./withinInterval.js";

/** The distribution of the responses of a family that lie in an interval, by its moments, its distribution function and what it simulates; its rows are those of the family still. */
export function truncated(family: Family, link: string, interval: Interval): Family {
  const { cumulative, isNormal: _n, stan: _s, latentVariance: _l, ...rest } = family;
  if (cumulative === undefined) throw new RangeError(`the family ${family.name} has no distribution function`);
  const { link: toEta, inverseLink } = linkNamed(family.withLink === undefined ? link : "identity");
  const within = intervalMoments(family, link, inverseLink);
  const moments = (mu: number, phi: Auxiliary, trials: number): ReturnType<IntervalMoments> =>
    within(interval.lower, interval.upper, trials, toEta(mu), phi);
  return {
    ...rest,
    meanIsMu: false,
    mean: (mu, phi, trials) => moments(mu, phi, trials).mean,
    variance: (mu, phi, trials) => moments(mu, phi, trials).variance,
    simulate: (stream, mu, phi, trials) => simulateWithin(family, stream, mu, phi, trials, interval),
    cumulative: cumulativeWithin(cumulative, interval),
  };
}

function cumulativeWithin(cumulative: CumulativeProbability, interval: Interval): CumulativeProbability {
  return {
    isDiscrete: cumulative.isDiscrete,
    probability: (y, mu, phi, trials) => probabilityWithin(cumulative, y, mu, phi, trials, interval),
  };
}
