import type { ModelAst } from "../language/ast.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import type { Design } from "./Design.js";

/** Throws ModelError where rows are censored, for what simulates responses: these are not censored, as nobody knows when they would have been. */
export function refuseCensored({ response }: Design, ast: ModelAst, what: string, hint: string): void {
  const count = response.censoring?.kinds.reduce((sum, kind) => sum + Number(kind !== 0), 0) ?? 0;
  if (count === 0) return;
  const message = `${count} of ${response.values.length} responses are censored, and simulated ones are not: ${what}`;
  throw new ModelError([errorAt("censored-response", response.span, message, hint)], ast.source);
}
