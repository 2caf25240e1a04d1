import type {
  FamilyArgument,
  ModelAst,
  Name,
  NumberLiteral,
  PredictorStatement,
  PriorStatement,
  PriorTarget,
  ResponseStatement,
  Span,
} from "./ast.js";
import { coefficientKey, readCoefficient } from "./coefficient.js";
import { expandFormula } from "./expand.js";
import { readStatements, type Statement, type Token } from "./lexer.js";
import { errorAt, ModelError, type Problem } from "./ModelError.js";
import { parseArguments, parseExpression, toName, unexpected } from "./parseExpression.js";
import { suggest } from "./suggest.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

/**
 * Reads a model text. What needs the data or the family's signature (whether a name is a column, which slot an argument
 * fills) is left to the design. Throws one ModelError with all problems of the text; `name` is what they call it.
 */
export function parseModel(text: string, name = "model"): ModelAst {
  const { statements, problems } = readStatements(text);
  const draft: Draft = { responses: [], predictors: [], priors: [], problems, seen: new Set() };
  for (const statement of statements) readStatement(text, statement, draft);
  const [response] = draft.responses;
  problems.push(...missingStatements(draft), ...repeatedStatements(draft), ...formulaProblems(draft.predictors));
  const source = { name, text };
  if (problems.length > 0 || !response) throw new ModelError(inTextOrder(problems), source);
  return { response, predictors: draft.predictors, priors: draft.priors, source };
}

type StatementKind = "response" | "predictor" | "prior" | "unknown";

interface Draft {
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
    else if (kind === "prior") draft.priors.push(priorStatement(stream));
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
    if (depth <= 0 && symbol === "~") return "response";
    if (depth <= 0 && symbol === "=") return "predictor";
  }
  return "unknown";
}

function unknownStatement(stream: TokenStream): never {
  const start = stream.current.span.start;
  while (stream.current.kind !== "end") stream.take();
  const forms = "name ~ family(parameters), link(parameter) = formula, prior target ~ distribution(numbers)";
  return stream.fail("unknown-statement", "this line is no statement", `a line is one of: ${forms}`, stream.spanFrom(start));
}

function responseStatement(stream: TokenStream): ResponseStatement {
  const { start } = stream.current.span;
  const column = stream.takeName();
  if (!column || !stream.takeSymbol("~")) return badResponse(stream, start);
  const family = stream.takeName();
  if (!family) {
    const found = stream.describe(stream.current);
    return stream.fail("missing-family", `expected a family after "~", found ${found}`, familyHint);
  }
  if (!stream.sees("(")) missingParentheses(stream, family.name);
  const values = parseArguments(stream, () => familyArgument(stream, family.name));
  requireEnd(stream, "after the family", familyHint);
  return { column: toName(column), family: toName(family), arguments: values, span: stream.spanFrom(start) };
}

const familyHint = "a formula stands on a line of its own: log(mu) = 1 + x";

/** Something other than one name stands before the ~. */
function badResponse(stream: TokenStream, start: number): never {
  const first = stream.previous;
  if (first?.kind === "name" && stream.current.kind === "name" && suggest(first.name, ["prior"]) !== null) {
    const message = `${stream.describe(first)} starts no statement`;
    return stream.fail("unknown-statement", message, 'did you mean "prior"?', first.span);
  }
  const isLink = first?.kind === "name" && stream.sees("(") && stream.sees(")", 2) && stream.sees("~", 3);
  while (!stream.sees("~")) stream.take();
  const span = stream.spanFrom(start);
  if (span.end <= start) return stream.fail("missing-response", 'no response stands before "~"', responseHint);
  const hint = isLink
    ? "the line of a parameter is written with =, as in log(mu) = 1 + x"
    : "what the family needs besides stands in its parentheses, as in y ~ binomial(n, p)";
  return stream.fail("bad-response", "the response is the name of one column", hint, span);
}

const responseHint = "as in count ~ poisson(mu)";

function familyArgument(stream: TokenStream, family: string): FamilyArgument {
  const { start } = stream.current.span;
  const slot = stream.sees("=", 1) ? stream.takeName() : null;
  if (slot) stream.take();
  const token = stream.takeName();
  const value = token ? toName(token) : signedNumber(stream);
  if (!value) stream.take();
  if (!value || !(stream.sees(",") || stream.sees(")"))) {
    const message = `an argument of ${family} is a parameter, a column or a number`;
    const hint = "a link stands on the parameter's own line: log(mu) = 1 + x";
    return stream.fail("bad-family-argument", message, hint, stream.spanFrom(start));
  }
  return { ...(slot && { slot: toName(slot) }), value, span: stream.spanFrom(start) };
}

/** A number with its sign folded in; null, and nothing taken, if none stands here. */
function signedNumber(stream: TokenStream): NumberLiteral | null {
  const { start } = stream.current.span;
  const sign = stream.takeSymbol("-") ?? stream.takeSymbol("+");
  const token = stream.current;
  if (token.kind !== "number") return null;
  stream.take();
  const negative = sign?.kind === "symbol" && sign.symbol === "-";
  // Subtracted from 0, so that -0 does not come about.
  return { type: "number", value: negative ? 0 - token.value : token.value, span: stream.spanFrom(start) };
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
  while (!stream.sees("=") && stream.current.kind !== "end") stream.take();
  const hint = "as in log(mu) = 1 + x";
  const message = 'before "=" stands a parameter, alone or in its link';
  return stream.fail("bad-predictor", message, hint, stream.spanFrom(start));
}

function priorStatement(stream: TokenStream): PriorStatement {
  const { start } = stream.take().span;
  const target = priorTarget(stream);
  if (!stream.takeSymbol("~")) {
    const found = stream.describe(stream.current);
    stream.fail("bad-prior", `expected "~" after the target of the prior, found ${found}`, priorHint);
  }
  const distribution = stream.takeName();
  if (!distribution) {
    const found = stream.describe(stream.current);
    return stream.fail("bad-prior", `expected a distribution after "~", found ${found}`, priorHint);
  }
  if (!stream.sees("(")) missingParentheses(stream, distribution.name);
  const values = parseArguments(stream, () => priorArgument(stream, distribution.name));
  requireEnd(stream, "after the distribution");
  return { target, distribution: toName(distribution), arguments: values, span: stream.spanFrom(start) };
}

const priorHint = "as in prior beta ~ normal(0, 1)";

function priorArgument(stream: TokenStream, distribution: string): NumberLiteral {
  const { start } = stream.current.span;
  const value = signedNumber(stream);
  if (value) return value;
  stream.take();
  const span = stream.spanFrom(start);
  return stream.fail("bad-prior-argument", `the arguments of ${distribution} are numbers`, priorHint, span);
}

/** How many names each of these may have in brackets; any other target is a scalar parameter and has none. */
const targetNames: ReadonlyMap<string, number> = new Map([
  ["intercept", 0],
  ["beta", 1],
  ["sd", 2],
  ["cor", 1],
]);

function priorTarget(stream: TokenStream): PriorTarget {
  const token = stream.takeName();
  if (!token) {
    const hint = `${priorHint}; a column called prior is written in backticks`;
    return stream.fail("missing-target", "the prior has no target", hint);
  }
  const head = token.quoted ? { target: toName(token) } : splitTarget(token.name, token.span.start);
  const index = stream.current.kind === "index" ? priorIndex(stream) : [];
  const span = stream.spanFrom(token.span.start);
  checkIndex(stream, head.target.name, index.length, span);
  return { ...head, index, span };
}

/** `phi.beta` is the target beta of the parameter phi. */
function splitTarget(name: string, start: number): { parameter?: Name; target: Name } {
  const dot = name.lastIndexOf(".");
  const part = (from: number, to: number): Name => {
    return { type: "name", name: name.slice(from, to), span: { start: start + from, end: start + to } };
  };
  if (dot <= 0 || !targetNames.has(name.slice(dot + 1))) return { target: part(0, name.length) };
  return { parameter: part(0, dot), target: part(dot + 1, name.length) };
}

function priorIndex(stream: TokenStream): Name[] {
  const token = stream.take();
  if (token.kind !== "index") return [];
  return token.items.map(({ text, span }) => {
    const name = readCoefficient(text);
    if (name === "") stream.fail("empty-index", "a name is missing in the brackets", "as in sd[subject, x]", token.span);
    return { type: "name", name, span };
  });
}

function checkIndex(stream: TokenStream, target: string, given: number, span: Span): void {
  const most = targetNames.get(target) ?? 0;
  if (given <= most) return;
  if (target === "b") {
    const hint = "a random effect is normal with its sd: prior sd[subject] ~ exponential(1)";
    stream.fail("bad-target", "random effects have no prior of their own", hint, span);
  }
  const hint = "targets: intercept, beta[name], sd[group, name], cor[group], or a parameter such as sigma";
  const allowed = most === 0 ? "no name" : most === 1 ? "one name" : "two names";
  stream.fail("bad-target", `${target} takes ${allowed} in brackets`, hint, span);
}

function missingParentheses(stream: TokenStream, name: string): never {
  const hint = `as in ${name}(...)`;
  return stream.fail("missing-parentheses", `${name} stands without its parentheses`, hint, stream.previous?.span);
}

function requireEnd(stream: TokenStream, where: string, hint?: string): void {
  if (stream.current.kind !== "end") unexpected(stream, where, hint);
}

/** Silent where a line could not be told, for that may be the missing one. */
function missingStatements({ seen, responses }: Draft): Problem[] {
  if (seen.has("unknown")) return [];
  if (seen.size === 0) return [errorAt("empty-model", { start: 0, end: 0 }, "the model is empty", `it starts ${responseHint}`)];
  const problems: Problem[] = [];
  if (!seen.has("response")) {
    problems.push(errorAt("missing-response", { start: 0, end: 0 }, "the model has no response", `add a line ${responseHint}`));
  }
  if (!seen.has("predictor")) {
    const span = responses[0]?.span ?? { start: 0, end: 0 };
    const hint = "add a line for its mean, as in log(mu) = 1 + x";
    problems.push(errorAt("missing-predictor", span, "no parameter has a formula", hint));
  }
  return problems;
}

function repeatedStatements({ responses, predictors, priors }: Draft): Problem[] {
  return [
    ...repeats(responses, () => "", () => "a second response", "a model has one"),
    ...repeats(
      predictors,
      ({ parameter }) => parameter.name,
      ({ parameter }) => `a second line for ${parameter.name}`,
      "a parameter has one formula",
    ),
    ...repeats(priors, ({ target }) => targetKey(target), () => "a second prior on the same target", "keep one of the two"),
  ];
}

function repeats<T extends { readonly span?: Span }>(
  statements: readonly T[],
  key: (statement: T) => string,
  message: (statement: T) => string,
  hint: string,
): Problem[] {
  const seen = new Set<string>();
  return statements.flatMap((statement) => {
    const problem = seen.has(key(statement)) ? [errorAt("repeated-statement", statement.span, message(statement), hint)] : [];
    seen.add(key(statement));
    return problem;
  });
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
