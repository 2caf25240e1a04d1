import type { Design } from "../../design/Design.js";
import type { Family } from "../../family/Family.js";
import { isPlainName } from "../../language/lexer.js";
import type { Fitted } from "../Fitted.js";
import type { NamedResponse } from "./comparedValue.js";
import type { Quantity } from "./Quantity.js";

/** What quantities may call the response of a fit, and its categories. */
export function namedResponse({ design, compiled }: Pick<Fitted, "design" | "compiled">): NamedResponse {
  const { name, categories } = design.response;
  const isOrdered = compiled.family.thresholds !== undefined;
  return { names: isPlainName(name) ? [name] : [], categories, isOrdered };
}

/** The probability of each category, of a response that is one of several; else none. */
export function categoryQuantities({ response: { name, categories } }: Design): Quantity[] {
  const called = isPlainName(name) ? name : "y";
  const areNumbers = categories?.every((category) => String(Number(category)) === category);
  return (categories ?? []).map((category, k) => {
    const end = { value: k + 1, isOpen: false };
    const written = areNumbers ? category : JSON.stringify(category);
    return {
      kind: "probability",
      name: `probability(${called} == ${written})`,
      event: { from: end, to: end, isComplement: false },
    };
  });
}

/** Whether the functions of a family take the linear predictors of a response that is one of several categories. */
export function isOfCategories({ thresholds, isCategorical }: Family): boolean {
  return thresholds !== undefined || isCategorical === true;
}
