import type { Warning } from "../../diagnostics/warnings.js";
import type { PredictiveCheck, TestStatistic } from "../../summary/PredictiveCheck.js";

/** A tail area below this says that the data are unlike those that the model replicates. */
const SMALL_TAIL = 0.005;

/** Whether the model hardly ever replicates a value as far out as that of the data. */
export function isUnlikely({ above, below }: Pick<TestStatistic, "above" | "below">): boolean {
  return Math.min(above, below) < SMALL_TAIL;
}

/** Statistics of all rows that the model does not reproduce. */
export function predictiveWarnings({
  statistics,
  replicates,
}: Pick<PredictiveCheck, "statistics" | "replicates">): Warning[] {
  return statistics.filter(isUnlikely).map((statistic) => {
    const { name, observed, above, below } = statistic;
    const isHigh = above < below;
    const count = Math.round(replicates * Math.min(above, below));
    return {
      code: "unlike-replicates",
      message:
        `${name}: the data have ${short(observed)}, and ${count === 0 ? "none" : count} of ${replicates} replicated data sets ` +
        `${count === 1 ? "has" : "have"} ${isHigh ? "as much" : "as little"} (on average ${short(statistic.mean)})`,
      advice: adviceFor(name, isHigh),
    };
  });
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function adviceFor(name: string, isHigh: boolean): string {
  if (name === "zeros")
    return isHigh
      ? "more rows are zero than the family makes: take negative_binomial, an effect for each row, or a covariate that tells who can have none"
      : "fewer rows are zero than the family makes: look whether zeros could be recorded at all";
  if (name === "dispersion" && isHigh)
    return "the responses vary more about their means than the model allows: take a family with a dispersion, an effect for each row, or a covariate that is missing";
  if (name === "dispersion")
    return "the responses vary less about their means than the model allows: the family may not suit them, or rows may depend on each other";
  if (name === "within_sd" || name === "between_sd")
    return "the model does not share the variation out between and within groups as the data do: look at its random effects and at its family";
  if (name.startsWith("share of "))
    return "the categories are not shared out as in the data: look at missing covariates, and at another ordinal family or categorical";
  return "the model does not bring about such data: look at its family, at missing covariates and at single rows";
}
