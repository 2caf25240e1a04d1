import { exp } from "../math/special/elementary.js";
import type { PriorDistribution, Univariate } from "./Prior.js";

/** Numbers that are tried as parameters, in this order. */
const PARAMETERS = [1, 2, 0.5, 3, 0, -1];
const PROBABILITIES = [0.2, 0.5, 0.8];
/** Distance of central differences, relative to 1 or the place, and the relative error that they may show. */
const STEP = 1e-5;
const TOLERANCE = 1e-3;

const FUNCTIONS = ["logDensity", "derivative", "logProbability", "quantile"] as const;

/** What is wrong with a prior: its support, its derivative by central differences, its probabilities. Empty too where no parameters to try are allowed. */
export function priorProblems(distribution: PriorDistribution): string[] {
  const made = tried(distribution);
  if (made === null) return [];
  const missing = FUNCTIONS.filter((name) => typeof made[name] !== "function");
  if (missing.length > 0) return missing.map((name) => `what it makes has no function ${name}`);
  const { lower, upper, proper } = made;
  if (!(lower < upper)) return [`its support (${lower}, ${upper}) is empty`];
  return proper ? [...totalProblems(made), ...PROBABILITIES.flatMap((p) => problemsAt(made, p)).slice(0, 1)] : [];
}

/** The distribution at parameters that pass its checks. */
function tried(distribution: PriorDistribution): Univariate | null {
  for (let k = 0; k < PARAMETERS.length; k++) {
    const numbers = distribution.parameters.map(({ check }, j) => {
      const order = [...PARAMETERS.slice((k + j) % PARAMETERS.length), ...PARAMETERS];
      return order.find((value) => check(value) === null) ?? Number.NaN;
    });
    try {
      if (numbers.every(Number.isFinite)) return distribution.make(numbers);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // numbers that do not go together: others are tried
    }
  }
  return null;
}

function totalProblems({ lower, upper, logProbability }: Univariate): string[] {
  const total = exp(logProbability(lower, upper));
  return Math.abs(total - 1) <= TOLERANCE ? [] : [`the probability of its support is ${total.toPrecision(4)}, not 1`];
}

function problemsAt(prior: Univariate, probability: number): string[] {
  const x = prior.quantile(probability);
  if (!(x > prior.lower && x < prior.upper)) return [`its quantile at ${probability} is ${x}, outside its support`];
  const below = exp(prior.logProbability(prior.lower, x));
  if (!(Math.abs(below - probability) <= TOLERANCE))
    return [`the probability below its quantile at ${probability} is ${below.toPrecision(4)}`];
  const step = STEP * Math.max(1, Math.abs(x));
  const difference = (prior.logDensity(x + step) - prior.logDensity(x - step)) / (2 * step);
  const derivative = prior.derivative(x);
  if (!Number.isFinite(difference) || Math.abs(derivative - difference) <= TOLERANCE * (1 + Math.abs(difference)))
    return [];
  return [
    `its derivative at ${x.toPrecision(4)} is ${derivative.toPrecision(4)}, and ${difference.toPrecision(4)} by differences`,
  ];
}
