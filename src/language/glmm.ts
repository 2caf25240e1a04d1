import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { aText, hasField } from "../argument/kinds.js";
import type { ModelAst } from "./ast.js";
import { type QuotationMark, quote } from "./brackets.js";
import { isPlainName } from "./lexer.js";
import { parseModel } from "./parser.js";

/** Text that glmm`...` pastes as it is; made by `glmm.raw`. */
export class RawText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a model's template: a name of any characters, a number, or text made by `glmm.raw`. */
export type TemplateValue = string | number | RawText;

/**
 * A model in the midst of a program: glmm`count ~ poisson(mu)
 *                                        log(mu) = 1 + ${column}`.
 * A text is one name, of a column, level, parameter, family or link: it is quoted where it must be, inside quotation marks by their rules,
 * and cannot add to the model. A number is written out. `glmm.raw("post * trt")` is pasted as it is.
 * Throws ModelError, and ArgumentError for a value of another kind and for a number that is not finite.
 */
export function glmm(strings: TemplateStringsArray, ...values: readonly TemplateValue[]): ModelAst {
  checkArgument(pieces, strings, "glmm", "strings");
  for (const [i, value] of values.entries()) checkArgument(templateValue, value, "glmm", `value ${i + 1}`);
  // A piece with an escape that JavaScript does not know has no cooked form.
  const texts = strings.map((piece: string | undefined, i) => piece ?? strings.raw[i]);
  const text = values.reduce<string>(
    (before, value, i) => before + printed(value, before, texts[i + 1]) + texts[i + 1],
    texts[0],
  );
  return parseModel(dedent(text));
}

/** Marks a text as part of a model, which glmm`...` pastes as it is: statements, formulas, operators. */
glmm.raw = (text: string): RawText => {
  checkArgument(aText, text, "glmm.raw", "text");
  return new RawText(text);
};

/** A value as it is written between these texts. */
function printed(value: TemplateValue, before: string, after: string): string {
  if (value instanceof RawText) return value.text;
  if (typeof value === "number") return String(value);
  const mark = openQuote(before);
  if (mark !== null) return quote(value, mark).slice(1, -1);
  const isAlone = !/[\p{L}\p{M}\p{N}_.]$/u.test(before) && !/^[\p{L}\p{M}\p{N}_.]/u.test(after);
  return isAlone && isPlainName(value) && value !== "prior" ? value : quote(value, "`");
}

/** The quotation mark that is open at the end of a text; null where none is, as in a comment. */
function openQuote(text: string): QuotationMark | null {
  const line = text.slice(Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1);
  const rest = line.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/gsu, "");
  const mark = /#|["'`]/u.exec(rest)?.[0];
  return mark === '"' || mark === "'" || mark === "`" ? mark : null;
}

/** Without the indentation of the program around it; the first line starts after the backtick and has none. */
function dedent(text: string): string {
  const [first, ...rest] = text.split("\n");
  const indents = rest.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  return [first, ...rest.map((line) => line.slice(common))].join("\n").trim();
}

const pieces: ArgumentKind = {
  code: "not-a-template",
  expected: "a template: glmm`count ~ poisson(mu) ...`",
  accepts: (value) => Array.isArray(value) && hasField(value, "raw"),
  hint: (value) => (typeof value === "string" ? "read a text by parseModel, or give it to fit as it is" : null),
};

const templateValue: ArgumentKind = {
  code: "not-a-template-value",
  expected: "a name, a finite number, or what glmm.raw returned",
  accepts: (value) => typeof value === "string" || Number.isFinite(value) || value instanceof RawText,
};
