import { sortDraws } from "../../diagnostics/sortDraws.js";
import { normalQuantile } from "../../math/special/normalDistribution.js";
import { evaluateMarginal } from "../../posterior/densityMarginals.js";
import type { Marginal } from "../../posterior/Posterior.js";

/** A distribution on the line as points, ascending, with probabilities that sum to 1. */
export interface Atoms {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** Points for a distribution that is known by its quantiles: the distance to it is then below 0.001 sd. */
const QUANTILES = 4000;

/** A posterior marginal: its draws with their weights, or quantiles at the midpoints of equal parts. Throws RangeError for moments. */
export function marginalAtoms(marginal: Marginal): Atoms {
  if (marginal.kind === "density")
    return quantileAtoms((probability) => evaluateMarginal(marginal, "quantile", probability));
  if (marginal.kind === "moments") throw new RangeError("moments of draws do not tell a distribution");
  const { chains, weights } = marginal;
  const { values, order } = sortDraws(chains);
  if (weights === null) return { values, weights: new Float64Array(values.length).fill(1 / values.length) };
  const all = weights.flatMap((chain) => [...chain]);
  return { values, weights: Float64Array.from(order, (position) => all[position]) };
}

/** A normal distribution: what an estimate and its standard error stand for. */
export function normalAtoms(mean: number, sd: number): Atoms {
  return quantileAtoms((probability) => mean + sd * normalQuantile(probability));
}

function quantileAtoms(quantile: (probability: number) => number): Atoms {
  return {
    values: Float64Array.from({ length: QUANTILES }, (_, i) => quantile((i + 0.5) / QUANTILES)),
    weights: new Float64Array(QUANTILES).fill(1 / QUANTILES),
  };
}

/** The probability below a value, half of that at it included. */
export function probabilityBelow({ values, weights }: Atoms, value: number): number {
  let [below, at] = [0, 0];
  for (let i = 0; i < values.length && values[i] <= value; i++) {
    if (values[i] < value) below += weights[i];
    else at += weights[i];
  }
  return below + at / 2;
}
