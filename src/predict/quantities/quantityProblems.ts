import type { OptionProblem } from "../../engine/OptionsError.js";
import type { Family } from "../../family/Family.js";
import { isOfCategories } from "./categoryQuantities.js";
import type { Quantity } from "./Quantity.js";

/** What a family cannot say of its responses. */
export function quantityProblems(quantities: readonly Quantity[], family: Family): OptionProblem[] {
  const { name, cumulative } = family;
  return quantities.flatMap((quantity): OptionProblem[] => {
    const problem = (message: string): OptionProblem[] => [{ option: "quantity", code: "conflict", message }];
    if (isOfCategories(family) && quantity.kind !== "probability")
      return problem(
        `quantity is ${quantity.name}, and a response of the family "${name}" is a category and no number; take probabilities, as in probability(y == "high")`,
      );
    if (quantity.kind !== "probability" && quantity.kind !== "quantile") return [];
    if (cumulative === undefined)
      return problem(
        `quantity is ${quantity.name}, and the family "${name}" has no distribution function: give its record "cumulative", or take new responses, scale "response"`,
      );
    const isPoint = quantity.kind === "probability" && quantity.event.from?.value === quantity.event.to?.value;
    if (!isPoint || cumulative.isDiscrete) return [];
    return problem(
      `quantity is ${quantity.name}, and a response of the family "${name}" is continuous, so that no single value has a probability; give an interval, as in probability(1 < y < 2)`,
    );
  });
}
