import { largestReliableK } from "../../math/psis.js";
import type { Guard } from "../../posterior/Posterior.js";
import type { Weighted } from "./importance.js";

/** What the weights were taken against, in words: "the posterior by quadrature with 9 points". */
export function guardOf({ paretoK, effectiveSampleSize, weights }: Weighted, density: string): Guard {
  const bound = largestReliableK(weights.length);
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
      "the most for so many draws, and cannot correct the result",
    advice: "take the numbers as a first impression, and sample with the engine nuts",
  };
}
