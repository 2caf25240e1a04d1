import type { Guard } from "../../posterior/Posterior.js";
import type { Weighted } from "./importance.js";

/** Beyond this Pareto k importance weights cannot be used (Vehtari, Simpson, Gelman, Yao & Gabry 2024). */
export const LARGEST_K = 0.7;

/** What the weights were taken against, in words: "the posterior by quadrature with 9 points". */
export function guardOf({ paretoK, effectiveSampleSize, weights }: Weighted, density: string): Guard {
  const k = Number.isFinite(paretoK) ? paretoK.toFixed(2) : "not finite";
  const facts = { paretoK, effectiveSampleSize, draws: weights.length };
  if (paretoK < LARGEST_K)
    return {
      ...facts,
      isTrusted: true,
      verdict: `good: importance weights against ${density} correct the result (Pareto k ${k}, below ${LARGEST_K})`,
      advice: "",
    };
  return {
    ...facts,
    isTrusted: false,
    verdict: `do not trust: importance weights against ${density} have a Pareto k of ${k}, not below ${LARGEST_K}, and cannot correct the result`,
    advice: "take the numbers as a first impression, and sample with the engine nuts",
  };
}
