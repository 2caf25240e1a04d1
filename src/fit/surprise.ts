import type { ParameterPrior } from "../density/parameterPriors.js";
import { type WorkingScale, workingScale } from "../marginal/exploration/workingScale.js";
import { exp } from "../math/special/elementary.js";
import { logNormalDensity, normalQuantile } from "../math/special/normalDistribution.js";
import type { Univariate } from "../prior/Prior.js";

/** Below this no tail is integrated: it is no conflict. */
const ORDINARY_Z = 2.5;
/** Steps of differences, in posterior sds. */
export const STEP = 1e-3;

/** The curvature at a mode does not hold further than this from it, in the log of an sd or dispersion and in Fisher's z of a correlation. */
const LONGEST_OF_LOGS = 3;

/** What the likelihood says of a parameter, on its working scale: nearly normal about `estimate`. */
export interface LikelihoodOfParameter {
  readonly estimate: number;
  /** Negative or 0 where the likelihood has no maximum nearby. */
  readonly precision: number;
  /** d log likelihood at the mode, and the precision of the prior there. */
  readonly slope: number;
  readonly priorPrecision: number;
}

/** Takes the prior away from a posterior with its mode at a value, and this variance on the unconstrained scale. */
export function likelihoodAt(
  { kind, density, transform }: ParameterPrior,
  value: number,
  variance: number,
): LikelihoodOfParameter {
  const scale = workingScale(kind);
  const u = transform.unconstrain(value);
  const step = STEP * Math.sqrt(variance);
  const score = (at: number) =>
    density.derivative(transform.constrain(at)) * transform.derivative(at) + transform.logAbsDetJacobianDerivative(at);
  /** d working / d unconstrained */
  const rate = (at: number) => transform.derivative(at) / exp(scale.logSlope(scale.to(transform.constrain(at))));
  const ofPrior = -(score(u + step) - score(u - step)) / (2 * step);
  const bend = (rate(u + step) - rate(u - step)) / (2 * step);
  const slope = -score(u) / rate(u);
  const toWorking = (curvature: number) => curvature / rate(u) ** 2;
  const precision = toWorking(1 / variance - ofPrior + slope * bend);
  const longest = kind === "coefficient" ? Infinity : LONGEST_OF_LOGS;
  const way = precision > 0 ? Math.max(-longest, Math.min(longest, slope / precision)) : 0;
  return {
    estimate: scale.to(value) + way,
    precision,
    slope,
    priorPrecision: toWorking(ofPrior),
  };
}

/** How far out an estimate is in what the prior expects of it; 0 on a side on which the prior's density does not fall, and where there is no estimate. */
export function surprise({ kind, density }: ParameterPrior, { estimate, precision }: LikelihoodOfParameter): number {
  if (!(precision > 0)) return 0;
  const scale = workingScale(kind);
  const x = scale.from(estimate);
  const isAbove = x >= density.upper || (x > density.lower && density.derivative(x) < 0);
  const isBelow = x <= density.lower || (x < density.upper && density.derivative(x) > 0);
  if (!isAbove && !isBelow) return 0;
  const { quadratic } = density;
  if (quadratic !== undefined)
    return Math.abs(estimate - quadratic.mean) / Math.sqrt(1 / quadratic.precision + 1 / precision);
  const standardError = 1 / Math.sqrt(precision);
  const tail = tailOfSum(density, (error) => scale.from(estimate - error * standardError), isAbove);
  const z = Math.min(REACH, -normalQuantile(tail));
  return z < ORDINARY_Z ? z : Math.min(z, Math.sqrt(2 * deficit(density, scale, estimate, precision)));
}

/** Probabilities at whose quantiles the height of a prior is looked for, and places between there and an estimate. */
const HEIGHTS = [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999];
const PLACES = 60;

/**
 * How far prior and likelihood, each below its own maximum on the working scale, are together below them at best: z^2 / 2 where both are normal. A prior
 * that is nearly flat there out to the estimate is not in conflict with it, though most of its probability be in a spike, as that of gamma(0.01, 0.01) is.
 */
function deficit(density: Univariate, scale: WorkingScale, estimate: number, precision: number): number {
  const height = (working: number) => density.logDensity(scale.from(working)) + scale.logSlope(working);
  const places = HEIGHTS.map((probability) => scale.to(density.quantile(probability)));
  const top = places.reduce((best, place) => (height(place) > height(best) ? place : best));
  const deficits = Array.from({ length: PLACES + 1 }, (_, k) => {
    const step = (top - estimate) * (k / PLACES) ** 2;
    return 0.5 * precision * step * step + height(top) - height(estimate + step);
  });
  return Math.max(0, Math.min(...deficits));
}

/** Nodes of the trapezoidal rule over a standard normal error, and how far they reach. */
const NODE = 0.05;
export const REACH = 8;

/** The probability that a draw from the prior is beyond a place that moves with a standard normal error: at least half of that beyond the middle. */
function tailOfSum({ lower, upper, logProbability }: Univariate, place: (error: number) => number, isAbove: boolean) {
  const beyond = (error: number) => {
    const x = place(error);
    return exp(isAbove ? logProbability(Math.max(x, lower), upper) : logProbability(lower, Math.min(x, upper)));
  };
  const most = 0.5 * beyond(0);
  if (-normalQuantile(most) < ORDINARY_Z) return most;
  let total = 0;
  for (let k = -Math.round(REACH / NODE); k <= REACH / NODE; k++)
    total += NODE * exp(logNormalDensity(k * NODE)) * beyond(k * NODE);
  return total;
}
