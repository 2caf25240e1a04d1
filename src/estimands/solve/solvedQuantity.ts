import type { ModelToFit } from "../../fit/ModelToFit.js";
import { namedResponse } from "../../predict/quantities/categoryQuantities.js";
import { parseQuantities } from "../../predict/quantities/parseQuantities.js";
import type { Quantity } from "../../predict/quantities/Quantity.js";
import type { CompleteSolveOptions } from "./options.js";

/** The quantity of a new response that takes the target; null for the mean. Throws ModelError for what cannot be read. */
export function solvedQuantity(
  fit: Pick<ModelToFit, "design" | "compiled">,
  { quantity }: Pick<CompleteSolveOptions, "quantity">,
): Quantity | null {
  if (quantity === undefined) return null;
  const [read] = parseQuantities([quantity], namedResponse(fit));
  return read;
}
