import { largestReliableK, psis } from "../math/psis.js";
import { exp, log } from "../math/special/elementary.js";
import type { QuantitySensitivity, ScaledComponent, SensitivityVerdict } from "../summary/Sensitivity.js";
import type { ComponentAtDraws } from "./components.js";
import { cumulativeJensenShannon, type OrderedValues, ordered } from "./cumulativeJensenShannon.js";
import { covarianceOf, meanOf } from "./weightedMoments.js";

/** A function of the parameters and random effects at each of S draws. */
export interface DrawnValues {
  readonly name: string;
  readonly values: Float64Array;
}

/** Draws as they are weighted under a component raised to a power. */
export interface PoweredWeights {
  /** Summing to 1. */
  readonly shares: Float64Array;
  readonly paretoK: number;
}

/**
 * The weights that make draws of a posterior those with one component raised to a power: component^(power - 1), Pareto-smoothed, times the weights that
 * the draws have themselves. Draws at which the component cannot be computed have none.
 */
export function poweredWeights(logDensity: Float64Array, power: number, shares: Float64Array): PoweredWeights {
  if (logDensity.every((value) => value === logDensity[0])) return { shares, paretoK: 0 }; // flat: its powers are itself
  const ratios = logDensity.map((value, s) =>
    Number.isFinite(value) && shares[s] > 0 ? (power - 1) * value : Number.NEGATIVE_INFINITY,
  );
  const { logWeights, paretoK } = psis(ratios);
  const largest = logWeights.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = logWeights.map((value, s) => shares[s] * exp(value - largest));
  const total = weights.reduce((a, b) => a + b, 0);
  return { shares: weights.map((weight) => weight / total), paretoK };
}

/** The components with the Pareto k of their weights, and what they do to each quantity. */
export interface PowerScaling {
  readonly components: readonly ScaledComponent[];
  readonly quantities: readonly QuantitySensitivity[];
}

/**
 * Power-scaling sensitivity (Kallioinen, Paananen, Buerkner & Vehtari 2024): how far each quantity's posterior moves as each component is raised to
 * powers near 1. `shares`: the draws' own weights, summing to 1.
 */
export function powerScaling(
  components: readonly ComponentAtDraws[],
  quantities: readonly DrawnValues[],
  shares: Float64Array,
  { powers, threshold }: { readonly powers: readonly [number, number]; readonly threshold: number },
): PowerScaling {
  const weighted = components.map(({ logDensity }) =>
    powers.map((power) => ({
      ...poweredWeights(logDensity, power, shares),
      doublings: Math.abs(log(power)) / Math.LN2,
    })),
  );
  const limit = largestReliableK(shares.length);
  const scaled = components.map(({ logDensity: _, ...facts }, c) => {
    return { ...facts, paretoK: Math.max(...weighted[c].map(({ paretoK }) => paretoK)) };
  });
  const [whole, likelihood] = ["priors", "likelihood"].map((kind) => scaled.findIndex((one) => one.kind === kind));
  const isKnown = [whole, likelihood].every((c) => scaled[c].paretoK <= limit);
  return {
    components: scaled,
    quantities: quantities.map(({ name, values }) => {
      const sorted = ordered(values);
      const distances = Float64Array.from(weighted, (atPowers) => distanceOf(sorted, shares, atPowers));
      const mean = meanOf(values, shares);
      const sd = Math.sqrt(covarianceOf(values, values, shares));
      const slopes = Float64Array.from(components, ({ logDensity }) =>
        sd > 0 ? (Math.LN2 * covarianceOf(values, finiteOnly(logDensity), shares)) / sd : 0,
      );
      const [prior, own] = [distances[whole], distances[likelihood]];
      const verdict = isKnown ? verdictOf(prior, own, threshold) : "unknown";
      return { name, mean, sd, distances, slopes, prior, likelihood: own, verdict };
    }),
  };
}

function distanceOf(
  sorted: OrderedValues,
  shares: Float64Array,
  atPowers: readonly { readonly shares: Float64Array; readonly doublings: number }[],
): number {
  const distances = atPowers.map((one) => cumulativeJensenShannon(sorted, shares, one.shares) / one.doublings);
  return distances.reduce((a, b) => a + b, 0) / distances.length;
}

function verdictOf(prior: number, likelihood: number, threshold: number): SensitivityVerdict {
  if (prior < threshold) return "robust";
  return likelihood < threshold ? "strong-prior" : "conflict";
}

/** A log density that is infinite or no number at a draw counts as at the mean of the others. */
function finiteOnly(values: Float64Array): Float64Array {
  if (values.every(Number.isFinite)) return values;
  const known = values.filter(Number.isFinite);
  const centre = known.reduce((a, b) => a + b, 0) / known.length;
  return values.map((value) => (Number.isFinite(value) ? value : centre));
}
