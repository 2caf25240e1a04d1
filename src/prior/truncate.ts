import type { Univariate } from "./Prior.js";
import { quantileByBisection } from "./quantile.js";
import { stanNumber } from "./stanCall.js";
import { atEnds } from "./univariate.js";

/**
 * The distribution given that it lies in (lower, upper), as Stan and brms truncate and renormalise. A flat prior becomes
 * uniform on a bounded interval and stays flat on an unbounded one. Throws RangeError where nothing of the support or no
 * probability is left. In an interval much narrower than the distribution the normalising constant loses digits: its
 * relative error is about 1e-16 / probability.
 */
export function truncate(whole: Univariate, lower: number, upper: number): Univariate {
  if (lower <= whole.lower && upper >= whole.upper) return whole;
  const [low, high] = [Math.max(lower, whole.lower), Math.min(upper, whole.upper)];
  const logTotal = low < high ? whole.logProbability(low, high) : -Infinity;
  if (!(logTotal > -Infinity)) throw new RangeError(`the prior has no probability between ${lower} and ${upper}`);
  return conditional(whole, low, high, logTotal);
}

/** The positive half of a distribution that is symmetric about zero. */
export function positiveHalf(symmetric: Univariate): Univariate {
  return conditional(symmetric, 0, symmetric.upper, -Math.LN2);
}

function conditional(whole: Univariate, lower: number, upper: number, logTotal: number): Univariate {
  const stan = whole.stan;
  const proper = logTotal < Infinity;
  const logNormaliser = proper ? logTotal : 0;
  const logProbability = (a: number, b: number) =>
    whole.logProbability(Math.max(a, lower), Math.min(b, upper)) - logNormaliser;
  const quantile = proper ? quantileByBisection({ lower, upper, logProbability }) : () => NaN;
  return {
    lower,
    upper,
    proper,
    ...(stan === undefined ? {} : { stan: (x: string) => less(stan(x), logNormaliser) }),
    logDensity: (x) => (x > lower && x < upper ? whole.logDensity(x) - logNormaliser : -Infinity),
    derivative: whole.derivative,
    logProbability,
    quantile: (probability) => (proper ? (atEnds(probability, lower, upper) ?? quantile(probability)) : NaN),
  };
}

/** A Stan expression less a number. */
function less(expression: string, value: number): string {
  if (value === 0) return expression;
  return value < 0 ? `${expression} + ${stanNumber(-value)}` : `${expression} - ${stanNumber(value)}`;
}
