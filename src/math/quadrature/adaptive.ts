import { gaussLegendre } from "./gaussLegendre.js";
import type { Integral, Integrand } from "./Integral.js";

/** Adaptive quadrature by bisection: what it aims at and how far it may go. */
export interface AdaptiveRule {
  /** The integral is wanted to within the larger of the two errors. */
  readonly absoluteError: number;
  readonly relativeError: number;
  readonly maxEvaluations: number;
}

/**
 * An adaptive Gauss-Kronrod rule (7 and 15 points a panel) for `integrate`. Defaults: absoluteError 0, relativeError 1e-10,
 * maxEvaluations 15,000. It sees a peak only if one of the first 15 points does: divide the range at narrow ones.
 * Throws RangeError where an option makes no sense.
 */
export function adaptive(options: Partial<AdaptiveRule> = {}): AdaptiveRule {
  const rule = { absoluteError: 0, relativeError: 1e-10, maxEvaluations: 15_000, ...options };
  if (!(rule.absoluteError >= 0 && rule.relativeError >= 0 && rule.absoluteError + rule.relativeError > 0)) {
    throw new RangeError("an adaptive rule needs errors of at least 0, not both 0");
  }
  if (!(rule.maxEvaluations >= KRONROD_POINTS)) {
    throw new RangeError(`an adaptive rule needs at least ${KRONROD_POINTS} evaluations, not ${rule.maxEvaluations}`);
  }
  return rule;
}

/** Kronrod's 15 points, upper half with the centre (QUADPACK, qk15; mpmath in validation/fixtures/quadrature/gauss.py). */
const kronrodNodes = [
  0, 0.20778495500789848, 0.4058451513773972, 0.5860872354676911, 0.7415311855993945, 0.8648644233597691,
  0.9491079123427585, 0.9914553711208126,
];
const kronrodWeights = [
  0.20948214108472782, 0.20443294007529889, 0.19035057806478542, 0.1690047266392679, 0.14065325971552592,
  0.10479001032225019, 0.06309209262997856, 0.022935322010529224,
];
/** Gauss's 7 points are every other one of them, the centre included. */
const gaussWeights = gaussLegendre(7).weights;
const KRONROD_POINTS = 15;
const EPSILON = 2 ** -52;

interface Panel {
  readonly lower: number;
  readonly upper: number;
  readonly value: number;
  readonly error: number;
  /** The error that rounding leaves in any case. */
  readonly floor: number;
  /** A place where the integrand is not finite. */
  readonly bad: number | null;
}

/** Bisects the panel with the largest error until the sum of the errors is small (QUADPACK's qag; Piessens et al., 1983). */
export function integrateAdaptively(f: Integrand, lower: number, upper: number, rule: AdaptiveRule): Integral {
  if (lower > upper) {
    const reverse = integrateAdaptively(f, upper, lower, rule);
    return { ...reverse, value: -reverse.value };
  }
  const { integrand, from, to, original } = onFiniteInterval(f, lower, upper);
  const panels = [panelOf(integrand, from, to)];
  for (;;) {
    const value = panels.reduce((sum, panel) => sum + panel.value, 0);
    const error = panels.reduce((sum, panel) => sum + panel.error, 0);
    const evaluations = KRONROD_POINTS * (2 * panels.length - 1);
    const end = (reason: string, converged = false): Integral => ({ value, error, evaluations, converged, reason });
    const bad = panels.find((panel) => panel.bad !== null)?.bad ?? null;
    if (bad !== null) return end(`the integrand is not finite at ${original(bad)}`);
    const target = Math.max(rule.absoluteError, rule.relativeError * Math.abs(value));
    if (error <= target)
      return end(`the error is below ${target.toPrecision(2)} after ${evaluations} evaluations`, true);
    const worst = panels.reduce((most, panel) => (panel.error > most.error ? panel : most));
    const middle = 0.5 * (worst.lower + worst.upper);
    if (worst.error <= worst.floor || middle <= worst.lower || middle >= worst.upper) {
      return end(`rounding keeps the error at ${error.toPrecision(2)}, above ${target.toPrecision(2)}`);
    }
    if (evaluations + 2 * KRONROD_POINTS > rule.maxEvaluations) {
      return end(
        `the limit of ${rule.maxEvaluations} evaluations was reached with an error of ${error.toPrecision(2)}`,
      );
    }
    const halves = [panelOf(integrand, worst.lower, middle), panelOf(integrand, middle, worst.upper)];
    panels.splice(panels.indexOf(worst), 1, ...halves);
  }
}

/** Gauss and Kronrod on one panel, with QUADPACK's estimate of the error. */
function panelOf(f: Integrand, lower: number, upper: number): Panel {
  const centre = 0.5 * (lower + upper);
  const half = 0.5 * (upper - lower);
  const places = Array.from({ length: KRONROD_POINTS }, (_, i) => i - 7);
  const nodes = places.map((i) => centre + Math.sign(i) * half * kronrodNodes[Math.abs(i)]);
  const heights = nodes.map(f);
  const bad = nodes.find((_, i) => !Number.isFinite(heights[i])) ?? null;
  const sum = (term: (height: number) => number) =>
    half * places.reduce((total, i) => total + kronrodWeights[Math.abs(i)] * term(heights[i + 7]), 0);
  const value = sum((height) => height);
  const gauss = places.reduce(
    (total, i) => (i % 2 === 0 ? total + half * gaussWeights[i / 2 + 3] * heights[i + 7] : total),
    0,
  );
  const mean = value / (upper - lower);
  const spread = sum((height) => Math.abs(height - mean));
  const floor = 50 * EPSILON * sum(Math.abs);
  const ratio = spread === 0 ? 0 : Math.min(1, (200 * Math.abs(value - gauss)) / spread);
  return { lower, upper, value, error: Math.max(floor, spread * ratio * Math.sqrt(ratio)), floor, bad };
}

interface Substitution {
  readonly integrand: Integrand;
  readonly from: number;
  readonly to: number;
  readonly original: (t: number) => number;
}

/** x = t / (1 - t^2) for the whole line, x = a +- t / (1 - t) for half of it; f(x) dx/dt is 0 where f is, however large dx/dt. */
function onFiniteInterval(f: Integrand, lower: number, upper: number): Substitution {
  if (Number.isFinite(lower) && Number.isFinite(upper)) {
    return { integrand: f, from: lower, to: upper, original: (t) => t };
  }
  if (Number.isFinite(lower))
    return substitution(
      f,
      0,
      (t) => lower + t / (1 - t),
      (t) => 1 / ((1 - t) * (1 - t)),
    );
  if (Number.isFinite(upper))
    return substitution(
      f,
      0,
      (t) => upper - t / (1 - t),
      (t) => 1 / ((1 - t) * (1 - t)),
    );
  return substitution(
    f,
    -1,
    (t) => t / (1 - t * t),
    (t) => (1 + t * t) / ((1 - t * t) * (1 - t * t)),
  );
}

function substitution(
  f: Integrand,
  from: number,
  original: (t: number) => number,
  slope: (t: number) => number,
): Substitution {
  return { integrand: (t) => f(original(t)) * slope(t), from, to: 1, original };
}
