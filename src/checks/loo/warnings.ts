import type { Warning } from "../../diagnostics/warnings.js";
import type { Loo } from "../../summary/CrossValidation.js";

/** How many units a message names. */
const NAMED = 5;

/** What keeps an elpd by importance weights from being relied on. */
export function importanceWarnings({
  unreliable,
  largestReliableK,
  group,
  pointwise,
}: Omit<Loo, "warnings">): Warning[] {
  if (unreliable === 0) return [];
  const { units, paretoK } = pointwise;
  const worst = [...units.keys()]
    .filter((i) => !(paretoK[i] <= largestReliableK))
    .sort((i, j) => paretoK[j] - paretoK[i])
    .slice(0, NAMED)
    .map((i) => `${units[i]} (${Number.isFinite(paretoK[i]) ? paretoK[i].toFixed(2) : "none"})`);
  const [one, many] = group === null ? ["row", "rows"] : [`group of ${group}`, `groups of ${group}`];
  const what = unreliable === 1 ? `1 ${one} has` : `${unreliable} ${many} have`;
  const more = unreliable > NAMED ? ", the largest of them" : "";
  return [
    {
      code: "high-pareto-k",
      message:
        `${what} a Pareto k above ${largestReliableK.toFixed(2)}${more}: ${worst.join(", ")}; without ` +
        `${unreliable === 1 ? "it" : "one of them"} the posterior is another one, which these draws do not reach, and the elpd is likely too high`,
      advice:
        "take refit (--refit), which fits the model anew without each of them, or folds (--folds 10), which leave out several at a time; influence tells what they decide. Many of them mean that the model is very flexible or does not fit",
    },
  ];
}
