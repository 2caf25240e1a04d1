import { readStatements, type Token } from "../../language/lexer.js";
import { errorAt, ModelError } from "../../language/ModelError.js";
import { didYouMean } from "../../language/suggest.js";
import { SyntaxProblem, TokenStream } from "../../language/TokenStream.js";
import {
  amongCategories,
  asWritten,
  type ComparedValue,
  comparedValue,
  type NamedResponse,
  numberOf,
} from "./comparedValue.js";
import type { End, Quantity, ResponseEvent } from "./Quantity.js";

/** What a quantity may be, and how each is written. */
const kinds = ["mean", "variance", "sd", "probability", "quantile"] as const;
const examples = "as in mean | variance | probability(y > 3) | quantile(0.1, 0.9)";

/**
 * Reads quantities, of one text or several: `mean | variance | probability(y > 3) | quantile(0.1, 0.9)`, with bars or commas between them. The response is called `y`, or by one of
 * its names; with a null `response` neither these nor categories are looked at. Throws ModelError with the place of what cannot be read.
 */
export function parseQuantities(texts: readonly string[], response: NamedResponse | null): Quantity[] {
  return texts.flatMap((text) => parseText(text, response));
}

function parseText(text: string, response: NamedResponse | null): Quantity[] {
  const source = { name: "quantity", text };
  const { statements, problems } = readStatements(text);
  if (problems.length > 0) throw new ModelError(problems, source);
  const [statement] = statements;
  try {
    if (statement === undefined || statements.length > 1)
      throw new SyntaxProblem(errorAt("no-quantity", undefined, "one line of quantities is needed", examples));
    const stream = new TokenStream(text, statement.tokens);
    const found = quantity(stream, response);
    while (stream.takeSymbol("|") || stream.takeSymbol(",")) found.push(...quantity(stream, response));
    if (stream.current.kind !== "end")
      stream.fail("bad-quantity", `expected "|" or the end, found ${stream.describe(stream.current)}`, examples);
    return found;
  } catch (error) {
    throw error instanceof SyntaxProblem ? new ModelError([error.problem], source) : error;
  }
}

function quantity(stream: TokenStream, response: NamedResponse | null): Quantity[] {
  const token = stream.current;
  const name = stream.takeName();
  if (name === null)
    return stream.fail("bad-quantity", `expected a quantity, found ${stream.describe(token)}`, examples);
  const kind = kinds.find((each) => each === name.name);
  if (kind === undefined)
    return stream.fail(
      "unknown-quantity",
      `unknown quantity "${name.name}"`,
      didYouMean(name.name, kinds, "quantities"),
      token.span,
    );
  if (kind === "probability") return listed(stream, kind, () => probability(stream, response));
  if (kind === "quantile") return listed(stream, kind, () => quantile(stream));
  if (stream.sees("(")) stream.fail("bad-quantity", `${kind} stands without parentheses`, examples);
  return [{ kind, name: kind }];
}

/** What stands in parentheses, with commas between. */
function listed(stream: TokenStream, kind: "probability" | "quantile", read: () => Quantity): Quantity[] {
  const example = kind === "quantile" ? "quantile(0.9)" : "probability(y > 3)";
  if (!stream.takeSymbol("(")) stream.fail("bad-quantity", `${kind} needs parentheses`, `as in ${example}`);
  const found = [read()];
  while (stream.takeSymbol(",")) found.push(read());
  if (!stream.takeSymbol(")"))
    stream.fail("bad-quantity", `expected ")" or ",", found ${stream.describe(stream.current)}`, `as in ${example}`);
  return found;
}

function quantile(stream: TokenStream): Quantity {
  const { start } = stream.current.span;
  const probability = number(stream, "a quantile is asked for by a number between 0 and 1");
  const span = stream.spanFrom(start);
  if (!(probability > 0 && probability < 1))
    stream.fail("bad-quantity", `${probability} is not between 0 and 1`, "as in quantile(0.9)", span);
  return { kind: "quantile", name: `quantile(${probability})`, probability };
}

type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";
const mirrored = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!=" } as const;

/** `y > 3`, `3 < y`, `1 <= y <= 4`, `y == "high"` */
function probability(stream: TokenStream, response: NamedResponse | null): Quantity {
  const { start } = stream.current.span;
  const quantity = (written: string, event: ResponseEvent): Quantity => ({
    kind: "probability",
    name: `probability(${written})`,
    event: amongCategories(event, response?.categories ?? null),
  });
  const endOf = (sign: Comparison, value: ComparedValue) =>
    numberOf(stream, value, sign === "==" || sign === "!=", response);
  if (stream.current.kind === "name") {
    const name = responseName(stream, response);
    const sign = comparison(stream);
    const right = comparedValue(stream, "a response is compared with a number or a category");
    return quantity(`${name} ${sign} ${asWritten(right)}`, eventOf(sign, endOf(sign, right)));
  }
  const left = comparedValue(stream, 'expected "y", a number or a category');
  const first = comparison(stream);
  const name = responseName(stream, response);
  const lower = eventOf(mirrored[first], endOf(first, left));
  const beginning = `${asWritten(left)} ${first} ${name}`;
  if (stream.sees(")") || stream.sees(",")) return quantity(beginning, lower);
  const second = comparison(stream);
  const right = comparedValue(stream, "a response is compared with a number or a category");
  const event = between(lower, eventOf(second, endOf(second, right)));
  if (event === null)
    return stream.fail(
      "bad-quantity",
      "these comparisons make no interval",
      "as in probability(1 <= y < 4)",
      stream.spanFrom(start),
    );
  return quantity(`${beginning} ${second} ${asWritten(right)}`, event);
}

function responseName(stream: TokenStream, response: NamedResponse | null): string {
  const token = stream.current;
  const name = stream.takeName();
  if (name === null)
    return stream.fail(
      "bad-quantity",
      `expected "y", the response, found ${stream.describe(token)}`,
      "as in probability(y > 3)",
    );
  if (name.name === "y" || response === null || response.names.includes(name.name)) return name.name;
  const known = ["y", ...response.names].map((each) => `"${each}"`).join(" or ");
  return stream.fail(
    "unknown-response",
    `"${name.name}" is not the response, which is called ${known}`,
    "as in probability(y > 3)",
    token.span,
  );
}

function comparison(stream: TokenStream): Comparison {
  const token = stream.current;
  for (const sign of ["<=", ">=", "==", "!=", "<", ">"] as const) if (stream.takeSymbol(sign)) return sign;
  const hint = stream.sees("=") ? "equality is written ==" : "as in probability(y > 3), with <, <=, >, >=, == or !=";
  return stream.fail("bad-quantity", `expected a comparison, found ${stream.describe(token)}`, hint);
}

function number(stream: TokenStream, message: string): number {
  const token: Token = stream.current;
  const sign = stream.takeSymbol("-") ? -1 : 1;
  const value = stream.current;
  if (value.kind !== "number")
    return stream.fail("bad-quantity", `${message}, found ${stream.describe(token)}`, examples, token.span);
  stream.take();
  return sign * value.value;
}

function eventOf(sign: Comparison, value: number): ResponseEvent {
  const end: End = { value, isOpen: sign === "<" || sign === ">" };
  if (sign === "==" || sign === "!=") return { from: end, to: end, isComplement: sign === "!=" };
  return sign === "<" || sign === "<="
    ? { from: null, to: end, isComplement: false }
    : { from: end, to: null, isComplement: false };
}

/** Null where one of them has the end of the other, or where nothing is between them. */
function between(one: ResponseEvent, other: ResponseEvent): ResponseEvent | null {
  const [from, to] = [one.from ?? other.from, one.to ?? other.to];
  const isInterval = (event: ResponseEvent) => (event.from === null) !== (event.to === null);
  const isOne = isInterval(one) && isInterval(other) && from !== null && to !== null;
  return isOne && !(from.value >= to.value) ? { from, to, isComplement: false } : null;
}
