import type { OptionProblem } from "../engine/OptionsError.js";
import type { Fitted } from "../predict/Fitted.js";
import { groupingWith } from "./modelVariables.js";

/**
 * What is wrong with conditional effects where a number goes through values between those of the data and is part of a grouping factor: each value would be a new level, whose effect is drawn anew.
 * `instead` is a way out besides other effects.
 */
export function betweenLevels(fit: Pick<Fitted, "ast">, name: string, instead: string): OptionProblem[] {
  const group = groupingWith(fit, name);
  if (group === null) return [];
  return [
    {
      option: "effects",
      code: "conflict",
      message: `effects is conditional, and ${name} is part of the grouping factor ${group}: between its values of the data each value of ${name} is a new level, with an effect drawn anew; take ${instead}marginal or zero effects`,
    },
  ];
}
