import type { Warning } from "../../diagnostics/warnings.js";
import type { Influence } from "../../summary/Influence.js";

/** How many units a message names. */
const NAMED = 5;

/** Units whose weights do not reach the posterior without them: their influence is at least what is told. */
export function influenceWarnings({
  units,
  paretoK,
  largestReliableK,
  group,
}: Pick<Influence, "units" | "paretoK" | "largestReliableK" | "group">): Warning[] {
  const high = [...units.keys()].filter((u) => !(paretoK[u] <= largestReliableK));
  if (high.length === 0) return [];
  const named = high
    .sort((a, b) => paretoK[b] - paretoK[a])
    .slice(0, NAMED)
    .map((u) => `${units[u]} (${Number.isFinite(paretoK[u]) ? paretoK[u].toFixed(2) : "none"})`);
  const what = group === null ? "rows" : `groups of ${group}`;
  return [
    {
      code: "high-pareto-k",
      message: `${high.length} ${what} with a Pareto k above ${largestReliableK.toFixed(2)}: ${named.join(", ")}${high.length > NAMED ? ", ..." : ""}; without them the posterior is another one, which these draws do not reach, and shifts are likely larger than is shown`,
      advice: "fit the model again without such a unit, and see what it decides",
    },
  ];
}

/** A step of so many standard errors tells the direction, and the distance roughly. */
const FAR = 0.5;

/** Units without which the estimates are too far for one step. */
export function farStepWarnings({ units, shifts, group }: Pick<Influence, "units" | "shifts" | "group">): Warning[] {
  const length = (u: number) => Math.max(...shifts.map((own) => Math.abs(own[u])));
  const far = [...units.keys()].filter((u) => length(u) > FAR).sort((a, b) => length(b) - length(a));
  if (far.length === 0) return [];
  const named = far.slice(0, NAMED).map((u) => `${units[u]} (${length(u).toFixed(2)})`);
  const [one, many] =
    group === null ? ["row moves", "rows move"] : [`group of ${group} moves`, `groups of ${group} move`];
  return [
    {
      code: "far-step",
      message: `${far.length} ${far.length === 1 ? one : many} an estimate by more than ${FAR} standard errors: ${named.join(", ")}${far.length > NAMED ? ", ..." : ""}; so far a step tells the direction, and the distance roughly`,
      advice: "fit the model again without such a unit, and see what it decides",
    },
  ];
}
