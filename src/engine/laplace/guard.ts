import { largestReliableK } from "../../math/psis.js";
import type { Guard } from "../../posterior/Posterior.js";
import type { Weighted } from "./importance.js";

/** Weights with a larger Pareto k have no variance; of heavy tails they say too little. */
const LARGEST_K_OF_HEAVY_TAILS = 0.5;

/**
 * What the weights were taken against, in words: "the posterior by quadrature with 9 points"; and whether the posterior may have tails as heavy
 * as its priors, for coefficients are flat.
 */
export function guardOf(
  { paretoK, effectiveSampleSize, weights }: Weighted,
  density: string,
  hasHeavyTails = false,
): Guard {
  const reliable = largestReliableK(weights.length);
  const bound = hasHeavyTails ? Math.min(LARGEST_K_OF_HEAVY_TAILS, reliable) : reliable;
  // As many digits as tell them apart.
  const digits = Math.abs(paretoK - bound) < 0.005 ? 4 : 2;
  const k = Number.isFinite(paretoK) ? paretoK.toFixed(digits) : "not finite";
  const largest = bound.toFixed(digits);
  const facts = { paretoK, effectiveSampleSize, draws: weights.length };
  if (paretoK < bound)
    return {
      ...facts,
      isTrusted: true,
      verdict: `good: importance weights against ${density} correct the result (Pareto k ${k}, below ${largest})`,
      advice: "",
    };
  return {
    ...facts,
    isTrusted: false,
    verdict:
      `do not trust: importance weights against ${density} have a Pareto k of ${k}, not below ${largest}, ` +
      `the most for ${hasHeavyTails ? "coefficients that the data do not bound" : "so many draws"}, and cannot correct the result`,
    advice: "take the numbers as a first impression, and sample with the engine nuts",
  };
}

/** Unweighted positions that weighted ones must be worth for their moments to be taken, or half of all where that is less. */
const LEAST_EFFECTIVE = 150;

/** The guard, which does not trust weights so uneven that a mean has an error of a tenth of an sd, and a tail's quantile of a fifth. */
export function withLeastEffective(guard: Guard): Guard {
  const least = Math.min(LEAST_EFFECTIVE, guard.draws / 2);
  if (!guard.isTrusted || guard.effectiveSampleSize >= least) return guard;
  return {
    ...guard,
    isTrusted: false,
    verdict:
      `do not trust: ${guard.draws} importance weights are so uneven that they are worth ${guard.effectiveSampleSize.toFixed(0)} even ones, ` +
      `fewer than ${least.toFixed(0)}`,
    advice: "take the numbers as a first impression, and sample with the engine nuts",
  };
}

/** The relative variance of weights that is told from a light tail; with more, those of large sds are mostly too small, and a few much too large. */
export const MOST_NOISE = 0.5;

/** The guard, which does not trust weights with so much noise from the sampling of the random effects. */
export function withNoise(guard: Guard, noise: number): Guard {
  if (!guard.isTrusted || noise <= MOST_NOISE) return guard;
  return {
    ...guard,
    isTrusted: false,
    verdict:
      `do not trust: the integral over the random effects, which is by sampling, has a relative variance of ${noise.toPrecision(2)} where their sds are large, ` +
      `more than ${MOST_NOISE}`,
    advice: "take the numbers as a first impression, and sample with the engine nuts",
  };
}
