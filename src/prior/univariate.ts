import { checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import { exp, log1p } from "../math/special/elementary.js";
import { logDiffExp } from "../math/special/logProbability.js";
import type { Univariate } from "./Prior.js";
import { quantileByBisection } from "./quantile.js";

/** What sets one proper distribution apart; the functions are asked for points inside the support only. */
export interface UnivariateParts {
  readonly lower: number;
  readonly upper: number;
  logDensity(x: number): number;
  derivative(x: number): number;
  /** log P(X < x) and log P(X > x), each accurate where it is small. */
  logCdf(x: number): number;
  logSurvival(x: number): number;
  /** For 0 < probability < 1, where a closed form is at hand; else found from the two above. */
  quantile?(probability: number): number;
  /** The log density in Stan, as in `Univariate.stan`. */
  stan?(x: string): string;
}

/** A proper distribution of its parts. */
export function univariate(parts: UnivariateParts): Univariate {
  checkArgument(distributionParts, parts, "univariate", "parts");
  const { lower, upper } = parts;
  const logProbability = intervalProbability(parts);
  const closedForm = parts.quantile;
  const quantile = closedForm ?? quantileByBisection({ lower, upper, logProbability });
  return {
    lower,
    upper,
    proper: true,
    logDensity: (x) => (x > lower && x < upper ? parts.logDensity(x) : -Infinity),
    derivative: parts.derivative,
    logProbability,
    quantile: (probability) => atEnds(probability, lower, upper) ?? quantile(probability),
    ...(parts.stan === undefined ? {} : { stan: parts.stan }),
  };
}

/** The quantile at 0, at 1 and at what is no probability; null elsewhere. */
export function atEnds(probability: number, lower: number, upper: number): number | null {
  if (probability === 0) return lower;
  if (probability === 1) return upper;
  return probability > 0 && probability < 1 ? null : NaN;
}

/** Differences are taken between the smaller tails, so that an interval far out keeps its digits. */
function intervalProbability(parts: UnivariateParts): (a: number, b: number) => number {
  const logCdf = (x: number) => (x <= parts.lower ? -Infinity : x >= parts.upper ? 0 : parts.logCdf(x));
  const logSurvival = (x: number) => (x <= parts.lower ? 0 : x >= parts.upper ? -Infinity : parts.logSurvival(x));
  return (a, b) => {
    if (!(a < b)) return -Infinity;
    const below = logCdf(a);
    if (below > -Math.LN2) return logDiffExp(logSurvival(a), logSurvival(b));
    const above = logSurvival(b);
    if (above > -Math.LN2) return logDiffExp(logCdf(b), below);
    return log1p(-exp(below) - exp(above));
  };
}

const distributionParts = objectWith("not-a-distribution", "the parts of a distribution", {
  lower: "number",
  upper: "number",
  logDensity: "function",
  derivative: "function",
  logCdf: "function",
  logSurvival: "function",
});
