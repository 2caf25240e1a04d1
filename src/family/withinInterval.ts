import type { RandomStream } from "../math/random/RandomStream.js";
import type { Auxiliary, CumulativeProbability, Family } from "./Family.js";
import { continuousQuantile, discreteQuantile } from "./quantile.js";

/** Responses with lower < y <= upper. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** P(Y <= y) of a response that is known to lie in an interval. */
export function probabilityWithin(
  cumulative: CumulativeProbability,
  y: number,
  mu: number,
  phi: Auxiliary,
  trials: number,
  { lower, upper }: Interval,
): number {
  const above = (value: number) => beyond(cumulative, value, mu, phi, trials);
  const below = (value: number) => distribution(cumulative, value, mu, phi, trials);
  const reached = Math.min(y, upper);
  if (!(reached > lower)) return 0;
  // By the tail that keeps its digits.
  const [from, to] = [below(lower), below(upper)];
  const share =
    from < 0.5
      ? (below(reached) - from) / (to - from)
      : (above(lower) - above(reached)) / (above(lower) - above(upper));
  return Math.min(1, Math.max(0, share));
}

/** Responses are drawn so often until one is in the interval, and else by their distribution function. */
const TRIES = 30;

export function simulateWithin(
  family: Family,
  stream: RandomStream,
  mu: number,
  phi: Auxiliary,
  trials: number,
  interval: Interval,
): number {
  const { lower, upper } = interval;
  for (let k = 0; k < TRIES; k++) {
    const value = family.simulate(stream, mu, phi, trials);
    if (value > lower && value <= upper) return value;
  }
  const { cumulative } = family;
  if (cumulative === undefined) return Number.NaN;
  const F = (y: number) => probabilityWithin(cumulative, y, mu, phi, trials, interval);
  const wanted = stream.uniform();
  const start = Math.min(Math.max(family.mean(mu, phi, trials), lower), upper);
  if (cumulative.isDiscrete) return Math.min(upper, Math.max(lower + 1, discreteQuantile(F, wanted, start)));
  const spread = Math.sqrt(family.variance(mu, phi, trials));
  const value = continuousQuantile(F, wanted, start, Number.isFinite(spread) ? spread : 1);
  return Math.min(upper, Math.max(lower, value));
}

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

function beyond(cumulative: CumulativeProbability, y: number, mu: number, phi: Auxiliary, trials: number): number {
  if (y === Infinity) return 0;
  if (y === -Infinity) return 1;
  return cumulative.upper?.(y, mu, phi, trials) ?? 1 - cumulative.probability(y, mu, phi, trials);
}
