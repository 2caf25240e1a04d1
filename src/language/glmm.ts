import type { ModelAst } from "./ast.js";
import { parseModel } from "./parser.js";

/**
 * A model in the midst of a program: glmm`count ~ poisson(mu)
 *                                        log(mu) = 1 + x`.
 * Values are put in as text. Throws ModelError.
 */
export function glmm(strings: TemplateStringsArray, ...values: readonly (string | number)[]): ModelAst {
  // A piece with an escape that JavaScript does not know has no cooked form.
  const pieces = strings.map((piece: string | undefined, i) => piece ?? strings.raw[i]);
  return parseModel(dedent(pieces.map((piece, i) => piece + String(values[i] ?? "")).join("")));
}

/** Without the indentation of the program around it; the first line starts after the backtick and has none. */
function dedent(text: string): string {
  const [first, ...rest] = text.split("\n");
  const indents = rest.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  return [first, ...rest.map((line) => line.slice(common))].join("\n").trim();
}
