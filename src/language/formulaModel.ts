import type { Expression, FamilyArgument, ModelAst, ModelSource, Name, Span } from "./ast.js";
import { readStatements, type Statement } from "./lexer.js";
import { errorAt, ModelError, type Problem } from "./ModelError.js";
import { parseExpression, requireEnd } from "./parseExpression.js";
import { parsePrior } from "./parsePrior.js";
import { checkedModel, type Draft, parseResponse } from "./parser.js";
import { didYouMean } from "./suggest.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

/** What a formula needs to know of a family. Every record of `family/` is one. */
export interface FormulaFamily {
  readonly name: string;
  /** What other programs call it. */
  readonly aliases?: readonly string[];
  /** The usual link of the mean is the first. */
  readonly slots: readonly (
    | { readonly kind: "data"; readonly name: string }
    | { readonly kind: "mean" | "auxiliary"; readonly name: string; readonly links: readonly string[] }
  )[];
}

/** Options of a model from a formula. */
export interface FormulaOptions {
  /** The link of the mean; by default the family's usual one. */
  readonly link?: string;
  /** Lines such as "prior beta ~ normal(0, 1)"; the word `prior` may be left out. */
  readonly priors?: readonly string[];
  /** For a family with trials: their column, where the formula does not say `y | trials(size) ~ ...`. */
  readonly size?: string;
}

/**
 * A model from a formula and the name of one of the families. Its source, which problems quote, is what was given here, a line each. Throws
 * ModelError.
 */
export function formulaModel(
  formula: string,
  family: string,
  families: readonly FormulaFamily[],
  options: FormulaOptions = {},
): ModelAst {
  const sheet = new Sheet(formula, family, options);
  const known = familyOf(sheet, families);
  const draft: Draft = { responses: [], predictors: [], priors: [], problems: [], seen: new Set() };
  draft.seen.add("response").add("predictor");
  readFormula(sheet, known, options, draft);
  for (const line of sheet.priors) {
    draft.seen.add("prior");
    sheet.read(line, draft.problems, (stream) => draft.priors.push(parsePrior(stream)));
  }
  if (draft.problems.length > 0) throw new ModelError(draft.problems, sheet.source);
  return checkedModel(draft, sheet.source);
}

function readFormula(sheet: Sheet, known: FormulaFamily, { size }: FormulaOptions, draft: Draft): void {
  sheet.read(sheet.formula, draft.problems, (stream) => {
    const { start } = stream.current.span;
    if (!sheet.formula.text.includes("~"))
      stream.fail(
        "missing-tilde",
        'a formula has a "~" after its response',
        "as in y ~ x + (1 | g)",
        spanOf(sheet.formula),
      );
    const response = parseResponse(stream);
    const span = stream.spanFrom(start);
    stream.take();
    const right = stream.current.span.start;
    const formula = parseExpression(stream);
    requireEnd(stream, "in the formula");
    const given = new Set(response.additions.map(({ callee }) => callee.name));
    if (
      takesTrials(known) &&
      size === undefined &&
      !given.has("trials") &&
      !given.has("weights") &&
      !isColumns(response.expression)
    )
      stream.fail("missing-trials", `the ${known.name} family needs its trials`, trialsHint, span);
    const knowsErrors = response.additions.some(({ callee, arguments: [, sigma] }) => callee.name === "se" && !sigma);
    const names = known.slots.flatMap(({ kind, name: slot }) => {
      if (kind === "data") return size ?? [];
      return kind === "auxiliary" && knowsErrors ? [] : slot;
    });
    const mean = meanOf(known);
    draft.responses.push({
      ...response,
      family: sheet.name(sheet.family, known.name),
      arguments: names.map(argument),
      span,
    });
    const link = sheet.link === null ? name(mean.links[0]) : sheet.name(sheet.link, sheet.link.text);
    draft.predictors.push({ link, parameter: name(mean.name), formula, span: stream.spanFrom(right) });
  });
}

const trialsHint =
  'write "y | trials(n) ~ ..." or "cbind(successes, failures) ~ ..."; a response of 0 and 1 has the family bernoulli';

function isColumns(expression: Expression): boolean {
  return expression.type === "call" && expression.callee.name === "cbind";
}

function name(text: string): Name {
  return { type: "name", name: text };
}

function argument(text: string): FamilyArgument {
  return { value: name(text) };
}

interface Line {
  readonly text: string;
  /** Of its first character in the sheet. */
  readonly start: number;
}

/** What a formula came with, a line each: the text that problems point into. */
class Sheet {
  readonly source: ModelSource;
  readonly formula: Line;
  readonly family: Line;
  readonly link: Line | null;
  readonly priors: readonly Line[];

  constructor(formula: string, family: string, { link, priors = [] }: FormulaOptions) {
    const statements = priors.map((prior) => (/^\s*prior\s/.test(prior) ? prior : `prior ${prior}`));
    const texts = [formula, family, ...(link === undefined ? [] : [link]), ...statements].map(onOneLine);
    const labels = ["formula", "family", ...(link === undefined ? [] : ["link"]), ...statements.map(() => "prior")];
    let start = 0;
    const lines = texts.map((text) => {
      const line = { text, start };
      start += text.length + 1;
      return line;
    });
    this.source = { name: "formula", text: texts.join("\n"), parts: labels };
    [this.formula, this.family] = lines;
    this.link = link === undefined ? null : lines[2];
    this.priors = lines.slice(texts.length - statements.length);
  }

  /** Reads the statement of a line; what is wrong with it goes to `problems`. */
  read({ text, start }: Line, problems: Problem[], parse: (stream: TokenStream) => void): void {
    // Blanks before it give every token its place in the sheet.
    const { statements, problems: found } = readStatements(" ".repeat(start) + text);
    problems.push(...found);
    if (statements.some(({ broken }) => broken)) return;
    const [statement] = statements;
    try {
      parse(new TokenStream(this.source.text, (statement ?? emptyStatement(start)).tokens));
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      problems.push(error.problem);
    }
  }

  name(line: Line, text: string): Name {
    return { type: "name", name: text, span: spanOf(line) };
  }
}

function onOneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").trim();
}

function spanOf({ text, start }: Line): Span {
  return { start, end: start + text.length };
}

function emptyStatement(at: number): Statement {
  return { tokens: [{ kind: "end", span: { start: at, end: at } }], broken: false };
}

function takesTrials({ slots }: FormulaFamily): boolean {
  return slots.some(({ kind }) => kind === "data");
}

function meanOf({ name, slots }: FormulaFamily): { readonly name: string; readonly links: readonly string[] } {
  for (const slot of slots) if (slot.kind === "mean") return slot;
  throw new RangeError(`the family ${name} has no mean`);
}

/** Options for people who write a link in place of a family: of one whose usual link it is, or else of one that has it. */
function optionsOfLink(text: string, families: readonly FormulaFamily[]): string | null {
  const link = text === "logistic" ? "logit" : text;
  const usual = families.find((family) => meanOf(family).links[0] === link);
  const family = usual ?? families.find((other) => meanOf(other).links.includes(link));
  return family === undefined ? null : `--family ${family.name} --link ${link}`;
}

function familyOf({ family, source }: Sheet, families: readonly FormulaFamily[]): FormulaFamily {
  const { text } = family;
  const known = families.find(({ name, aliases }) => name === text || aliases?.includes(text));
  if (known !== undefined) return known;
  const fail = (code: string, message: string, hint: string): never => {
    throw new ModelError([errorAt(code, spanOf(family), message, hint)], source);
  };
  const meant = optionsOfLink(text, families);
  if (meant !== null)
    return fail("link-as-family", `"${text}" is a link, not a family`, `a link is an option of its own: ${meant}`);
  const call = /^(\w+)\(\s*(?:link\s*=\s*)?["']?(\w+)["']?\s*\)$/.exec(text);
  if (call !== null)
    return fail("link-in-family", "a link is an option of its own", `write --family ${call[1]} --link ${call[2]}`);
  const names = families.map(({ name }) => name);
  return fail("unknown-family", `unknown family "${text}"`, didYouMean(text, names, "families"));
}
