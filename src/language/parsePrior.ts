import type { Name, NumberLiteral, PriorStatement, PriorTarget, Span } from "./ast.js";
import { readCoefficient } from "./coefficient.js";
import { missingParentheses, parseArguments, parseSignedNumber, requireEnd, toName } from "./parseExpression.js";
import type { TokenStream } from "./TokenStream.js";

/** `prior target ~ distribution(numbers)`. Throws SyntaxProblem. */
export function parsePrior(stream: TokenStream): PriorStatement {
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
  const value = parseSignedNumber(stream);
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
  ["var", 2],
  ["precision", 2],
  ["cor", 1],
  ["threshold", 1],
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
    if (name === "")
      stream.fail("empty-index", "a name is missing in the brackets", "as in sd[subject, x]", token.span);
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
  const hint =
    "targets: intercept, beta[name], sd[group, name], var and precision likewise, cor[group], or a parameter such as sigma";
  const allowed = most === 0 ? "no name" : most === 1 ? "one name" : "two names";
  stream.fail("bad-target", `${target} takes ${allowed} in brackets`, hint, span);
}
