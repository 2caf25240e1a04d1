import { isPlainName } from "../../language/lexer.js";
import type { Fitted } from "../../predict/Fitted.js";
import { parseQuantities } from "../../predict/quantities/parseQuantities.js";
import type { Quantity } from "../../predict/quantities/Quantity.js";
import type { CompleteSolveOptions } from "./options.js";

/** The quantity of a new response that takes the target; null for the mean. Throws ModelError for what cannot be read. */
export function solvedQuantity(
  { design }: Pick<Fitted, "design">,
  { quantity }: Pick<CompleteSolveOptions, "quantity">,
): Quantity | null {
  if (quantity === undefined) return null;
  const { name } = design.response;
  const [read] = parseQuantities([quantity], isPlainName(name) ? [name] : []);
  return read;
}
