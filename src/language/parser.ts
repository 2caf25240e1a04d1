import { checkArgument } from "../argument/checkArgument.js";
import { aText } from "../argument/kinds.js";
import { readAdditions } from "./additions.js";
import type {
  Expression,
  FamilyArgument,
  ModelAst,
  ModelSource,
  PredictorStatement,
  PriorStatement,
  PriorTarget,
  ResponseStatement,
  Span,
} from "./ast.js";
import { coefficientKey } from "./coefficient.js";
import { expandFormula } from "./expand.js";
import { readStatements, type Statement, type Token } from "./lexer.js";
import { errorAt, ModelError, type Problem, place } from "./ModelError.js";
import {
  missingParentheses,
  parseArguments,
  parseExpression,
  parseSignedNumber,
  requireEnd,
  toName,
} from "./parseExpression.js";
import { parsePrior } from "./parsePrior.js";
import { suggest } from "./suggest.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

/**
 * Reads a model text. What needs the data or the family's signature (whether a name is a column, which slot an argument
 * fills) is left to the design. Throws one ModelError with all problems of the text; `name` is what they call it.
 */
export function parseModel(text: string, name = "model"): ModelAst {
  checkArgument(aText, text, "parseModel", "text");
  const { statements, problems } = readStatements(text);
  const draft: Draft = { responses: [], predictors: [], priors: [], problems, seen: new Set() };
  for (const statement of statements) readStatement(text, statement, draft);
  return checkedModel(draft, { name, text });
}

/** The model of the statements that were read. Throws one ModelError with all problems, those of the draft among them. */
export function checkedModel(draft: Draft, source: ModelSource): ModelAst {
  const { problems } = draft;
  const [response] = draft.responses;
  problems.push(...missingStatements(draft, source.text.length), ...repeatedStatements(draft, source));
  problems.push(...formulaProblems(draft.predictors));
  if (problems.length > 0 || !response) throw new ModelError(inTextOrder(problems), source);
  return { response, predictors: draft.predictors, priors: draft.priors, source };
}

type StatementKind = "response" | "predictor" | "prior" | "unknown";

/** Statements as they are read, and what was found wrong on the way. */
export interface Draft {
  readonly responses: ResponseStatement[];
  readonly predictors: PredictorStatement[];
  readonly priors: PriorStatement[];
  readonly problems: Problem[];
  /** The kinds of all lines, also of those that could not be read. */
  readonly seen: Set<StatementKind>;
}

/** Longer sums would overflow the stack of what walks over the tree. */
const mostTokens = 4000;

function readStatement(text: string, { tokens, broken }: Statement, draft: Draft): void {
  const kind = kindOf(tokens);
  draft.seen.add(kind);
  if (broken) return;
  const stream = new TokenStream(text, tokens);
  try {
    if (tokens.length > mostTokens) stream.fail("too-long", `a statement has at most ${mostTokens} words and signs`);
    if (kind === "response") draft.responses.push(responseStatement(stream));
    else if (kind === "predictor") draft.predictors.push(predictorStatement(stream));
    else if (kind === "prior") draft.priors.push(parsePrior(stream));
    else unknownStatement(stream);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    draft.problems.push(error.problem);
  }
}

/** By its first word and by the first of ~ and = outside of parentheses. */
function kindOf(tokens: readonly Token[]): StatementKind {
  const [first] = tokens;
  if (first.kind === "name" && first.name === "prior" && !first.quoted) return "prior";
  let depth = 0;
  for (const token of tokens) {
    const symbol = token.kind === "symbol" ? token.symbol : "";
    if (symbol === "(") depth++;
    if (symbol === ")") depth--;
    if (depth <= 0 && symbol === "~") return isMistakenPredictor(tokens) ? "predictor" : "response";
    if (depth <= 0 && symbol === "=") return "predictor";
  }
  return "unknown";
}

/** `log(mu) ~ 1 + x` is meant for a predictor, `log(time) ~ normal(mu, sigma)` is a response: a family is one call and nothing else. */
function isMistakenPredictor([link, open, parameter, close, ...right]: readonly Token[]): boolean {
  const isLinkedName =
    link.kind === "name" &&
    [open, close, right[0]].every((token, k) => isSymbol(token, ["(", ")", "~"][k])) &&
    parameter?.kind === "name";
  const closing = right.findIndex((token) => isSymbol(token, ")"));
  const isFamily = right[1]?.kind === "name" && isSymbol(right[2], "(") && closing === right.length - 2;
  return isLinkedName && !isFamily;
}

function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === "symbol" && token.symbol === symbol;
}

function unknownStatement(stream: TokenStream): never {
  const start = stream.current.span.start;
  while (stream.current.kind !== "end") stream.take();
  const forms = "name ~ family(parameters), link(parameter) = formula, prior target ~ distribution(numbers)";
  return stream.fail(
    "unknown-statement",
    "this line is not a statement",
    `a line is one of: ${forms}`,
    stream.spanFrom(start),
  );
}

function responseStatement(stream: TokenStream): ResponseStatement {
  const { start } = stream.current.span;
  const left = parseResponse(stream);
  stream.take();
  const family = stream.takeName();
  if (!family) {
    const found = stream.describe(stream.current);
    return stream.fail("missing-family", `expected a family after "~", found ${found}`, familyHint);
  }
  if (!stream.sees("(")) missingParentheses(stream, family.name);
  const values = parseArguments(stream, () => familyArgument(stream, family.name));
  requireEnd(stream, "after the family", familyHint);
  return { ...left, family: toName(family), arguments: values, span: stream.spanFrom(start) };
}

/** What stands before the `~`: an expression and, after a bar, additions. Throws SyntaxProblem. */
export function parseResponse(stream: TokenStream): Pick<ResponseStatement, "expression" | "additions"> {
  if (stream.sees("~")) return stream.fail("missing-response", 'no response stands before "~"', responseHint);
  const first = stream.current;
  if (first.kind === "name" && stream.next.kind === "name" && suggest(first.name, ["prior"]) !== null) {
    const message = `${stream.describe(first)} starts no statement`;
    return stream.fail("unknown-statement", message, 'did you mean "prior"?', first.span);
  }
  const expression = parseExpression(stream);
  checkResponse(expression, stream);
  const additions = stream.takeSymbol("|") === null ? [] : readAdditions(parseExpression(stream), stream);
  if (!stream.sees("~")) requireEnd(stream, "in the response");
  return { expression, additions };
}

/** A response is arithmetic of columns: a number alone, a text or a random effect is none. */
function checkResponse(expression: Expression, stream: TokenStream): void {
  if (expression.type === "random") {
    const message = "a random effect stands in the line of a parameter, not in the response";
    stream.fail("bad-response", message, "as in log(mu) = 1 + (1 | subject)", expression.span);
  }
  if (expression.type === "number" || expression.type === "string") {
    const hint = "as in count ~ poisson(mu) or log(time) ~ normal(mu, sigma)";
    stream.fail("bad-response", "the response is a column, or arithmetic of columns", hint, expression.span);
  }
}

const familyHint = "a formula stands on a line of its own: log(mu) = 1 + x";

const responseHint = "as in count ~ poisson(mu)";

function familyArgument(stream: TokenStream, family: string): FamilyArgument {
  const { start } = stream.current.span;
  const slot = stream.sees("=", 1) ? stream.takeName() : null;
  if (slot) stream.take();
  const token = stream.takeName();
  const value = token ? toName(token) : parseSignedNumber(stream);
  if (!value) stream.take();
  const isCompound = stream.current.kind === "symbol" && !stream.sees(",") && !stream.sees(")");
  if (!value || isCompound) {
    const message = `an argument of ${family} is a parameter, a column or a number`;
    const hint = "a link stands on the parameter's own line: log(mu) = 1 + x";
    return stream.fail("bad-family-argument", message, hint, stream.spanFrom(start));
  }
  return { ...(slot && { slot: toName(slot) }), value, span: stream.spanFrom(start) };
}

function predictorStatement(stream: TokenStream): PredictorStatement {
  const { start } = stream.current.span;
  const first = stream.takeName();
  const inner = first && stream.takeSymbol("(") ? stream.takeName() : null;
  const closed = inner === null || stream.takeSymbol(")") !== null;
  if (!first || !closed || !stream.takeSymbol("=")) return badPredictor(stream, start);
  const head = inner
    ? { link: toName(first), parameter: toName(inner) }
    : { link: { type: "name", name: "identity" } as const, parameter: toName(first) };
  const formula = parseExpression(stream);
  requireEnd(stream, "in the formula");
  return { ...head, formula, span: stream.spanFrom(start) };
}

function badPredictor(stream: TokenStream, start: number): never {
  while (!stream.sees("=") && !stream.sees("~") && stream.current.kind !== "end") stream.take();
  if (stream.sees("~")) {
    const hint = "as in log(mu) = 1 + x; the response has its family after it, as in log(time) ~ normal(mu, sigma)";
    stream.fail("bad-predictor", 'the line of a parameter has "=" instead of "~"', hint);
  }
  const hint = "as in log(mu) = 1 + x";
  const message = 'before "=" stands a parameter, alone or in its link';
  return stream.fail("bad-predictor", message, hint, stream.spanFrom(start));
}

/** Said at the end of the text. Silent where a line could not be told, for that may be the missing one. */
function missingStatements({ seen, responses }: Draft, end: number): Problem[] {
  if (seen.has("unknown")) return [];
  const nowhere = { start: end, end };
  if (seen.size === 0) return [errorAt("empty-model", nowhere, "the model is empty", responseHint)];
  const problems: Problem[] = [];
  if (!seen.has("response")) {
    problems.push(errorAt("missing-response", nowhere, "the model has no response", responseHint));
  }
  if (!seen.has("predictor")) {
    const hint = "its mean needs a line, as in log(mu) = 1 + x";
    problems.push(errorAt("missing-predictor", responses[0]?.span ?? nowhere, "the model has no formula", hint));
  }
  return problems;
}

function repeatedStatements({ responses, predictors, priors }: Draft, source: ModelSource): Problem[] {
  const lines = predictors.map((line) => ({ ...line, key: line.parameter.name }));
  const targets = priors.map((line) => ({ ...line, key: targetKey(line.target) }));
  return [
    ...repeats(
      responses.map((line) => ({ ...line, key: "" })),
      () => "a second response",
      source,
    ),
    ...repeats(lines, ({ key }) => `a second line for ${key}`, source),
    ...repeats(targets, () => "a second prior on the same target", source),
  ];
}

function repeats<T extends { readonly key: string; readonly span?: Span }>(
  statements: readonly T[],
  message: (statement: T) => string,
  source: ModelSource,
): Problem[] {
  const firsts = new Map<string, T>();
  const problems: Problem[] = [];
  for (const statement of statements) {
    const first = firsts.get(statement.key);
    if (!first) firsts.set(statement.key, statement);
    else {
      const hint = `the first is on line ${place(source, first.span?.start ?? 0).line}`;
      problems.push(errorAt("repeated-statement", statement.span, message(statement), hint));
    }
  }
  return problems;
}

function targetKey({ parameter, target, index }: PriorTarget): string {
  return JSON.stringify([parameter?.name, target.name, index.map(({ name }) => coefficientKey(name))]);
}

/** Warnings wait for the design, which reports its own with them. */
function formulaProblems(predictors: readonly PredictorStatement[]): Problem[] {
  const problems = predictors.flatMap(({ formula }) => expandFormula(formula).problems);
  return problems.filter(({ severity }) => severity === "error");
}

function inTextOrder(problems: readonly Problem[]): Problem[] {
  const start = (problem: Problem) => problem.span?.start ?? 0;
  return [...problems].sort((a, b) => start(a) - start(b));
}
