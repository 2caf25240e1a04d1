import type { Expression, FamilyArgument, ModelAst, ModelSource, Name, Span } from "./ast.js";
import { readStatements, type Statement } from "./lexer.js";
import { errorAt, ModelError, type Problem } from "./ModelError.js";
import { parseExpression, requireEnd } from "./parseExpression.js";
import { parsePrior } from "./parsePrior.js";
import { checkedModel, type Draft, parseResponse } from "./parser.js";
import { didYouMean } from "./suggest.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

export interface FormulaOptions {
  /** The link of the mean; by default the family's usual one. */
  readonly link?: string;
  /** Lines such as "prior beta ~ normal(0, 1)"; the word `prior` may be left out. */
  readonly priors?: readonly string[];
  /** For the binomial family: the column of trials, where the formula does not say `y | trials(size) ~ ...`. */
  readonly size?: string;
}

/**
 * A model from a formula as lme4 and brms take it: fromFormula("count ~ post * trt + (1 | subject)", "poisson"). What stands before the
 * `~` is that of a model text: arithmetic of columns, `cbind(successes, failures)`, `prop | weights(n)`. Its source, which problems
 * quote, is what was given here, a line each. Throws ModelError.
 */
export function fromFormula(formula: string, family: string, options: FormulaOptions = {}): ModelAst {
  const sheet = new Sheet(formula, family, options);
  const known = usualFamily(sheet);
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

function readFormula(sheet: Sheet, known: UsualFamily, { size }: FormulaOptions, draft: Draft): void {
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
      known.takesTrials &&
      size === undefined &&
      !given.has("trials") &&
      !given.has("weights") &&
      !isColumns(response.expression)
    )
      stream.fail("missing-trials", `the ${known.name} family needs its trials`, trialsHint, span);
    const knowsErrors = response.additions.some(({ callee, arguments: [, sigma] }) => callee.name === "se" && !sigma);
    const parameters = knowsErrors ? known.parameters.slice(0, 1) : known.parameters;
    const names = size === undefined ? parameters : [size, ...parameters];
    draft.responses.push({
      ...response,
      family: sheet.name(sheet.family, known.name),
      arguments: names.map(argument),
      span,
    });
    const link = sheet.link === null ? name(known.link) : sheet.name(sheet.link, sheet.link.text);
    draft.predictors.push({ link, parameter: name(known.parameters[0]), formula, span: stream.spanFrom(right) });
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

interface UsualFamily {
  readonly name: string;
  /** The mean first. */
  readonly parameters: readonly string[];
  readonly link: string;
  readonly takesTrials: boolean;
  /** What lme4, brms, glmmTMB and MASS call it. */
  readonly aliases: readonly string[];
}

const usualFamilies: readonly UsualFamily[] = [
  { name: "normal", parameters: ["mu", "sigma"], link: "identity", takesTrials: false, aliases: ["gaussian"] },
  { name: "bernoulli", parameters: ["p"], link: "logit", takesTrials: false, aliases: [] },
  { name: "binomial", parameters: ["p"], link: "logit", takesTrials: true, aliases: [] },
  { name: "poisson", parameters: ["mu"], link: "log", takesTrials: false, aliases: [] },
  {
    name: "negative_binomial",
    parameters: ["mu", "phi"],
    link: "log",
    takesTrials: false,
    aliases: ["negbinomial", "nbinom2"],
  },
];

/** Links that people write in place of a family, with the options that they may have meant. */
const linksAsFamilies: ReadonlyMap<string, string> = new Map([
  ["logit", "--family bernoulli --link logit"],
  ["logistic", "--family bernoulli --link logit"],
  ["probit", "--family bernoulli --link probit"],
  ["cloglog", "--family bernoulli --link cloglog"],
  ["log", "--family poisson --link log"],
  ["identity", "--family normal --link identity"],
]);

function usualFamily({ family, source }: Sheet): UsualFamily {
  const { text } = family;
  const known = usualFamilies.find(({ name, aliases }) => name === text || aliases.includes(text));
  if (known !== undefined) return known;
  const names = usualFamilies.map(({ name }) => name);
  const fail = (code: string, message: string, hint: string): never => {
    throw new ModelError([errorAt(code, spanOf(family), message, hint)], source);
  };
  const meant = linksAsFamilies.get(text);
  if (meant !== undefined)
    return fail("link-as-family", `"${text}" is a link, not a family`, `a link is an option of its own: ${meant}`);
  const call = /^(\w+)\(\s*(?:link\s*=\s*)?["']?(\w+)["']?\s*\)$/.exec(text);
  if (call !== null)
    return fail("link-in-family", "a link is an option of its own", `write --family ${call[1]} --link ${call[2]}`);
  return fail("unknown-family", `unknown family "${text}"`, didYouMean(text, names, "families"));
}
