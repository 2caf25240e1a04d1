import type { Binary, Expression, Name, NumberLiteral, Span } from "./ast.js";
import type { Token } from "./lexer.js";
import type { TokenStream } from "./TokenStream.js";

/**
 * Reads one expression by Pratt's method (Pratt 1973, "Top down operator precedence"), up to a token that cannot belong
 * to it. Throws SyntaxProblem.
 */
export function parseExpression(stream: TokenStream): Expression {
  return operation(stream, 0, 0);
}

export function toName(token: { readonly name: string; readonly span: Span }): Name {
  return { type: "name", name: token.name, span: token.span };
}

/** R's precedences: `^` above unary minus, which is above `:`, then `* /`, then `+ -`. */
export const precedence = { "+": 1, "-": 1, "*": 2, "/": 2, ":": 3, unary: 4, "^": 5 } as const;

/** Brackets, signs and powers inside one another; deeper ones would overflow the stack. */
const deepest = 100;

function operation(stream: TokenStream, weakest: number, depth: number): Expression {
  if (depth > deepest) stream.fail("too-deep", `the formula is nested more than ${deepest} deep`);
  let left = operand(stream, depth);
  for (;;) {
    const operator = binaryOperator(stream.current);
    if (operator === null || precedence[operator] < weakest) return left;
    stream.take();
    // Only the power associates to the right.
    const rightWeakest = operator === "^" ? precedence["^"] : precedence[operator] + 1;
    const right: Expression = operation(stream, rightWeakest, depth + 1);
    left = { type: "binary", operator, left, right, span: stream.spanFrom(left.span?.start ?? 0) };
  }
}

function binaryOperator(token: Token): Binary["operator"] | null {
  if (token.kind !== "symbol") return null;
  switch (token.symbol) {
    case "+":
    case "-":
    case "*":
    case "/":
    case ":":
    case "^":
      return token.symbol;
    default:
      return null;
  }
}

function operand(stream: TokenStream, depth: number): Expression {
  const token = stream.current;
  if (token.kind === "number" || token.kind === "string") {
    stream.take();
    return token.kind === "number"
      ? { type: "number", value: token.value, span: token.span }
      : { type: "string", value: token.value, span: token.span };
  }
  if (token.kind === "name") return nameOrCall(stream, depth);
  if (stream.sees("(")) return parenthesised(stream, depth);
  if (stream.sees("+") || stream.sees("-")) return unary(stream, depth);
  return missingOperand(stream);
}

function unary(stream: TokenStream, depth: number): Expression {
  const { start } = stream.current.span;
  const operator = stream.takeSymbol("-") ? "-" : "+";
  if (operator === "+") stream.take();
  const value = operation(stream, precedence.unary, depth + 1);
  return { type: "unary", operator, operand: value, span: stream.spanFrom(start) };
}

function nameOrCall(stream: TokenStream, depth: number): Expression {
  const token = stream.takeName();
  if (!token) return missingOperand(stream);
  const callee = toName(token);
  if (!stream.sees("(")) return callee;
  const values = parseArguments(stream, () => argument(stream, depth));
  return { type: "call", callee, arguments: values, span: stream.spanFrom(token.span.start) };
}

function argument(stream: TokenStream, depth: number): Expression {
  const value = operation(stream, 0, depth + 1);
  if (stream.sees("=")) {
    stream.fail(
      "named-argument",
      "the arguments of a function have no names here",
      "write the value alone: poly(x, 2)",
    );
  }
  if (stream.sees("|") || stream.sees("||")) bareBar(stream);
  return value;
}

/** `(`, arguments with a comma between, `)`; reads each argument by `parseOne`. */
export function parseArguments<T>(stream: TokenStream, parseOne: () => T): T[] {
  stream.take();
  const values: T[] = [];
  if (stream.takeSymbol(")")) return values;
  for (;;) {
    if (stream.sees(",") || stream.sees(")")) stream.fail("missing-argument", "an argument is missing here");
    values.push(parseOne());
    if (stream.takeSymbol(")")) return values;
    if (!stream.takeSymbol(",")) unexpected(stream, "between the arguments", 'expected "," or ")"');
  }
}

function parenthesised(stream: TokenStream, depth: number): Expression {
  const { start } = stream.take().span;
  if (stream.sees(")")) stream.fail("missing-operand", "nothing stands between the parentheses");
  if (stream.sees("|") || stream.sees("||")) {
    stream.fail(
      "missing-effects",
      "no effects stand before the bar",
      "write 1 for an intercept in each group: (1 | g)",
    );
  }
  const inner = operation(stream, 0, depth + 1);
  if (stream.takeSymbol(")")) return inner;
  if (stream.sees("|") || stream.sees("||")) return randomEffects(stream, start, inner, depth);
  return unexpected(stream, "inside the parentheses");
}

function randomEffects(stream: TokenStream, start: number, effects: Expression, depth: number): Expression {
  const correlated = stream.takeSymbol("||") === null;
  if (correlated) stream.take();
  if (stream.sees(")")) {
    stream.fail("missing-group", "no grouping factor stands after the bar", "as in (1 | subject)");
  }
  const group = operation(stream, 0, depth + 1);
  if (stream.sees("|") || stream.sees("||")) {
    stream.fail("second-bar", "a second bar in one random effect", "one grouping factor each: (1 | a) + (1 | b)");
  }
  if (!stream.takeSymbol(")")) unexpected(stream, "inside the parentheses");
  return { type: "random", effects, correlated, group, span: stream.spanFrom(start) };
}

function missingOperand(stream: TokenStream): never {
  const { current, previous } = stream;
  if (current.kind === "end") {
    const hint = "a statement goes on to the next line only inside parentheses";
    const after = previous ? ` after ${stream.describe(previous)}` : "";
    return stream.fail("missing-operand", `the line breaks off${after}`, hint);
  }
  if (stream.sees("*") && previous?.kind === "symbol" && previous.symbol === "*") {
    return stream.fail("unexpected-token", '"**" is not an operator', "write a power with ^");
  }
  const found = stream.describe(current);
  return stream.fail("missing-operand", `expected a variable, a number or a parenthesis, found ${found}`);
}

/** The token after a whole expression that cannot stand there. */
function unexpected(stream: TokenStream, where: string, hint?: string): never {
  const { current } = stream;
  if (stream.sees("|") || stream.sees("||")) bareBar(stream);
  if (stream.sees(")")) stream.fail("unexpected-token", "this parenthesis was never opened");
  if (current.kind === "index") {
    stream.fail(
      "unexpected-token",
      "brackets stand only in the target of a prior",
      "as in prior beta[x] ~ normal(0, 1)",
    );
  }
  const found = stream.describe(current);
  const isOperand = current.kind !== "symbol" || current.symbol === "(";
  if (current.kind !== "end" && isOperand && hint === undefined) {
    return stream.fail("missing-operator", `no operator stands before ${found}`, "terms are joined by +, * or :");
  }
  return stream.fail("unexpected-token", `unexpected ${found} ${where}`, hint);
}

function bareBar(stream: TokenStream): never {
  const hint = "as in (1 + x | subject)";
  return stream.fail("bare-bar", "a random effect stands in parentheses of its own", hint);
}

/** A number with its sign folded in; null if none stands here, a sign perhaps taken. */
export function parseSignedNumber(stream: TokenStream): NumberLiteral | null {
  const { start } = stream.current.span;
  const sign = stream.takeSymbol("-") ?? stream.takeSymbol("+");
  const token = stream.current;
  if (token.kind !== "number") return null;
  stream.take();
  const negative = sign?.kind === "symbol" && sign.symbol === "-";
  // Subtracted from 0, so that -0 does not come about.
  return { type: "number", value: negative ? 0 - token.value : token.value, span: stream.spanFrom(start) };
}

export function missingParentheses(stream: TokenStream, name: string): never {
  const hint = `as in ${name}(...)`;
  return stream.fail("missing-parentheses", `"${name}" stands without its parentheses`, hint, stream.previous?.span);
}

export function requireEnd(stream: TokenStream, where: string, hint?: string): void {
  if (stream.current.kind !== "end") unexpected(stream, where, hint);
}
