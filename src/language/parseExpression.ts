import type { Binary, Expression, LogicalOperator, Name, NumberLiteral, Span } from "./ast.js";
import { boundName } from "./boundName.js";
import type { Token } from "./lexer.js";
import { printName } from "./names.js";
import type { TokenStream } from "./TokenStream.js";
import { unsupportedFunctions } from "./unsupported.js";

/**
 * Reads one expression by Pratt's method (Pratt 1973, "Top down operator precedence"), up to a token that cannot belong
 * to it. Throws SyntaxProblem.
 */
export function parseExpression(stream: TokenStream): Expression {
  return operation(stream, 0, outside);
}

/** Where an expression stands: how deep, and whether comparisons and logical operators may stand there. */
interface Context {
  readonly depth: number;
  readonly logical: boolean;
}

const outside: Context = { depth: 0, logical: false };

function deeper({ depth, logical }: Context): Context {
  return { depth: depth + 1, logical };
}

export function toName(token: { readonly name: string; readonly span: Span }): Name {
  return { type: "name", name: token.name, span: token.span };
}

/** R's precedences: `^` above unary minus, which is above `:`, then `* /`, then `+ -`, comparisons, `!`, `&`, `|`. */
export const precedence = {
  "|": 1,
  "&": 2,
  "!": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "==": 4,
  "!=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  ":": 7,
  unary: 8,
  "^": 9,
} as const;

/** Brackets, signs and powers inside one another; deeper ones would overflow the stack. */
const deepest = 100;

function operation(stream: TokenStream, weakest: number, context: Context): Expression {
  if (context.depth > deepest) stream.fail("too-deep", `the formula is nested more than ${deepest} deep`);
  let left = operand(stream, context);
  for (;;) {
    const operator = (context.logical ? logicalOperator(stream.current) : null) ?? binaryOperator(stream.current);
    if (operator === null || precedence[operator] < weakest) return left;
    stream.take();
    // Only the power associates to the right.
    const rightWeakest = operator === "^" ? precedence["^"] : precedence[operator] + 1;
    const right: Expression = operation(stream, rightWeakest, deeper(context));
    left = { type: "binary", operator, left, right, span: stream.spanFrom(left.span?.start ?? 0) };
  }
}

const logicalOperators: ReadonlyMap<string, LogicalOperator> = new Map([
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
  ["==", "=="],
  ["!=", "!="],
  ["&", "&"],
  ["&&", "&"],
  ["and", "&"],
  ["|", "|"],
  ["||", "|"],
  ["or", "|"],
]);

/** Comparisons, and `&` and `|` by any of their spellings. */
function logicalOperator(token: Token): LogicalOperator | null {
  if (token.kind === "symbol") return logicalOperators.get(token.symbol) ?? null;
  const isWord = token.kind === "name" && !token.quoted && (token.name === "and" || token.name === "or");
  return isWord ? (logicalOperators.get(token.name) ?? null) : null;
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

function operand(stream: TokenStream, context: Context): Expression {
  const token = stream.current;
  if (token.kind === "number" || token.kind === "string") {
    stream.take();
    return token.kind === "number"
      ? { type: "number", value: token.value, span: token.span }
      : { type: "string", value: token.value, span: token.span };
  }
  if (context.logical && (stream.sees("!") || isWordNot(stream))) return negation(stream, context);
  if (token.kind === "name") return nameOrCall(stream, context);
  if (stream.sees("(")) return parenthesised(stream, context);
  if (stream.sees("+") || stream.sees("-")) return unary(stream, context);
  return missingOperand(stream);
}

function unary(stream: TokenStream, context: Context): Expression {
  const { start } = stream.current.span;
  const operator = stream.takeSymbol("-") ? "-" : "+";
  if (operator === "+") stream.take();
  const value = operation(stream, precedence.unary, deeper(context));
  return { type: "unary", operator, operand: value, span: stream.spanFrom(start) };
}

/** The word `not` before an operand; before anything else it is a column of that name. */
function isWordNot({ current, next }: TokenStream): boolean {
  if (current.kind !== "name" || current.quoted || current.name !== "not") return false;
  return next.kind === "name" || next.kind === "number" || next.kind === "string" || isOpening(next);
}

function isOpening(token: Token): boolean {
  return token.kind === "symbol" && (token.symbol === "(" || token.symbol === "!");
}

function negation(stream: TokenStream, context: Context): Expression {
  const { start } = stream.take().span;
  const value = operation(stream, precedence["!"], deeper(context));
  return { type: "unary", operator: "!", operand: value, span: stream.spanFrom(start) };
}

/** The calls in which comparisons and logical operators stand. */
const logicalCalls: readonly string[] = ["I", "subset"];

function nameOrCall(stream: TokenStream, context: Context): Expression {
  const token = stream.takeName();
  if (!token) return missingOperand(stream);
  const callee = toName(token);
  if (!stream.sees("(")) return callee;
  const unsupported = token.quoted ? undefined : unsupportedFunctions.get(token.name);
  if (unsupported !== undefined)
    stream.fail("unsupported-function", `${token.name}() is not supported`, unsupported, token.span);
  const inner = { depth: context.depth + 1, logical: context.logical || logicalCalls.includes(token.name) };
  const names: (string | null)[] = [];
  const values = parseArguments(stream, () => {
    names.push(token.name === "trunc" ? boundName(stream, names) : null);
    return argument(stream, token.name, inner);
  });
  const named = names.some((name) => name !== null) ? { names } : {};
  return { type: "call", callee, arguments: values, ...named, span: stream.spanFrom(token.span.start) };
}

function argument(stream: TokenStream, callee: string, context: Context): Expression {
  const value = operation(stream, 0, context);
  if (stream.sees("=")) {
    const message = "the arguments of a function have no names here";
    if (context.logical) stream.fail("named-argument", 'a comparison is written with "=="', 'as in x == 2 or g == "a"');
    const hint = callee === "se" ? "write the parameter alone: se(s, sigma)" : "write the value alone: poly(x, 2)";
    stream.fail("named-argument", message, hint);
  }
  if (stream.sees("|") || stream.sees("||")) bareBar(stream);
  if (logicalOperator(stream.current) !== null && stream.current.kind === "symbol") misplacedComparison(stream);
  return value;
}

function misplacedComparison(stream: TokenStream): never {
  const hint = "as in I(x > 3), which is 1 where it holds and 0 elsewhere";
  return stream.fail("misplaced-comparison", "comparisons stand inside I() or subset()", hint);
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

function parenthesised(stream: TokenStream, context: Context): Expression {
  const { start } = stream.take().span;
  if (stream.sees(")")) stream.fail("missing-operand", "nothing stands between the parentheses");
  if (stream.sees("|") || stream.sees("||")) {
    stream.fail(
      "missing-effects",
      "no effects stand before the bar",
      "write 1 for an intercept in each group: (1 | g)",
    );
  }
  const inner = operation(stream, 0, deeper(context));
  if (stream.takeSymbol(")")) return inner;
  if (stream.sees("|") || stream.sees("||")) return randomEffects(stream, start, inner, context);
  if (logicalOperator(stream.current) !== null && stream.current.kind === "symbol") misplacedComparison(stream);
  return unexpected(stream, "inside the parentheses");
}

function randomEffects(stream: TokenStream, start: number, effects: Expression, context: Context): Expression {
  const correlated = stream.takeSymbol("||") === null;
  if (correlated) stream.take();
  if (stream.sees(")")) {
    stream.fail("missing-group", "no grouping factor stands after the bar", "as in (1 | subject)");
  }
  const group = operation(stream, 0, deeper(context));
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
    return stream.fail("missing-operator", `no operator stands before ${found}`, missingOperatorHint(stream));
  }
  return stream.fail("unexpected-token", `unexpected ${found} ${where}`, hint);
}

function missingOperatorHint({ previous, current }: TokenStream): string {
  const joined = "terms are joined by +, * or :";
  if (previous?.kind !== "name" || current.kind !== "name") return joined;
  const name = printName(`${previous.name} ${current.name}`);
  return `${joined}; a column whose name has a space stands in backticks: ${name}`;
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
